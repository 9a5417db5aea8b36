using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Deployment.Providers.EntityFrameworkCore.Tests.Contexts;

/// <summary>Migrations whose phase is missing or wrong.</summary>
public sealed class WrongContext(string address) : HandMadeContext(address)
{
    [DbContext(typeof(WrongContext))]
    [Migration("1_Mixed")]
    public sealed class Mixed : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>("email", "users", "text", nullable: true);
            migrationBuilder.DropColumn("mail", "users");
        }

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("email", "users");
    }

    [DbContext(typeof(WrongContext))]
    [Migration("2_Drops")]
    public sealed class Drops : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("orders");

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("SELECT 1");
    }

    [DbContext(typeof(WrongContext))]
    [Migration("3_Sql")]
    public sealed class OwnSql : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM users");

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("SELECT 1");
    }

    [DbContext(typeof(WrongContext))]
    [Migration("4_Renames")]
    [ExpandMigration]
    public sealed class Renames : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.RenameColumn("mail", "users", "email");

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.RenameColumn("email", "users", "mail");
    }

    [DbContext(typeof(WrongContext))]
    [Migration("5_Late")]
    [ContractMigration]
    public sealed class Late : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<string>("late", "users", "text", nullable: true);

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("late", "users");
    }

    [DbContext(typeof(WrongContext))]
    [Migration("6_Backfill")]
    [BackfillMigration]
    public sealed class Backfill : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateIndex("users_mail", "users", "mail");

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropIndex("users_mail", "users");
    }

    [DbContext(typeof(WrongContext))]
    [Migration("7_NoDown")]
    public sealed class NoDown : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<string>("more", "users", "text", nullable: true);
    }
}
