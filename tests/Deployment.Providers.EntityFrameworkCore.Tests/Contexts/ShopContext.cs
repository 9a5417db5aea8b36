using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Deployment.Providers.EntityFrameworkCore.Tests.Contexts;

/// <summary>A shop whose users get an e-mail address where they had mail, step by step.</summary>
public sealed class ShopContext(string address, Action<DbContextOptionsBuilder>? configure = null) : HandMadeContext(address, configure)
{
    internal const string Users = "20260101000000_Users";
    internal const string AddEmail = "20260102000000_AddEmail";
    internal const string FillEmail = "20260103000000_FillEmail";
    internal const string DropMail = "20260104000000_DropMail";
    internal const string AddPhone = "20260105000000_AddPhone";

    /// <summary>What the model has that no migration has; null for nothing.</summary>
    internal string? Extra { get; init; }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Describe(modelBuilder);
        if (Extra is not null)
        {
            modelBuilder.Entity("User", user => user.Property<string>(Extra).HasColumnType("text"));
        }
    }

    private static void Describe(ModelBuilder modelBuilder) => modelBuilder.Entity("User", user =>
    {
        user.ToTable("users");
        user.Property<long>("Id").HasColumnType("bigint").HasColumnName("id").ValueGeneratedNever();
        user.Property<string?>("Email").HasColumnType("text").HasColumnName("email");
        user.Property<string?>("Phone").HasColumnType("text").HasColumnName("phone");
        user.HasKey("Id").HasName("users_pkey");
    });

    [DbContext(typeof(ShopContext))]
    public sealed class Snapshot : ModelSnapshot
    {
        protected override void BuildModel(ModelBuilder modelBuilder) => Describe(modelBuilder);
    }

    [DbContext(typeof(ShopContext))]
    [Migration(Users)]
    public sealed class UsersMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateTable(
            "users",
            table => new { id = table.Column<long>("bigint"), mail = table.Column<string>("text", nullable: true) },
            constraints: table => table.PrimaryKey("users_pkey", row => row.id));

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("users");
    }

    [DbContext(typeof(ShopContext))]
    [Migration(AddEmail)]
    [VerifyMigration("SELECT count(*) FROM users WHERE email IS NOT NULL", "0")]
    public sealed class AddEmailMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<string>("email", "users", "text", nullable: true);

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("email", "users");
    }

    [DbContext(typeof(ShopContext))]
    [Migration(FillEmail)]
    [BackfillMigration(NothingToUndo = "What it filled goes with the column.")]
    public sealed class FillEmailMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("UPDATE users SET email = mail WHERE email IS NULL;");
    }

    [DbContext(typeof(ShopContext))]
    [Migration(DropMail)]
    [ContractMigration]
    public sealed class DropMailMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("mail", "users");

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<string>("mail", "users", "text", nullable: true);
    }

    [DbContext(typeof(ShopContext))]
    [Migration(AddPhone)]
    public sealed class AddPhoneMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<string>("phone", "users", "text", nullable: true);

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("phone", "users");
    }
}
