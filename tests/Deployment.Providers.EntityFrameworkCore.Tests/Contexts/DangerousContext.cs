using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Deployment.Providers.EntityFrameworkCore.Tests.Contexts;

/// <summary>Migrations whose operations and SQL would stop or break the release that runs, and some that look as if they would.</summary>
public sealed class DangerousContext(string address) : HandMadeContext(address)
{
    internal const string Users = "1_Users";
    internal const string Concurrent = "2_Concurrent";
    internal const string Ignored = "3_Ignored";

    private const string CreatedConcurrently = "Npgsql:CreatedConcurrently";

    /// <summary>Harmless: nobody knows the table yet.</summary>
    [DbContext(typeof(DangerousContext))]
    [Migration(Users)]
    public sealed class UsersMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable("users", table => new { id = table.Column<long>("bigint"), mail = table.Column<string>("text", nullable: true) });
            migrationBuilder.CreateIndex("users_id", "users", "id", unique: true);
        }

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("users");
    }

    /// <summary>Harmless: it is done as it must be.</summary>
    [DbContext(typeof(DangerousContext))]
    [Migration(Concurrent)]
    public sealed class ConcurrentMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateIndex("users_mail", "users", "mail").Annotation(CreatedConcurrently, true);

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP INDEX CONCURRENTLY IF EXISTS users_mail;", suppressTransaction: true);
    }

    /// <summary>Somebody says why it may be.</summary>
    [DbContext(typeof(DangerousContext))]
    [Migration(Ignored)]
    [ExpandMigration]
    public sealed class IgnoredMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("-- lint: ignore index-not-concurrent the table is small");
            migrationBuilder.CreateIndex("users_both", "users", ["id", "mail"]);
        }

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("-- lint: ignore drop-index-not-concurrent the table is small\nDROP INDEX users_both;");
    }

    [DbContext(typeof(DangerousContext))]
    [Migration("4_Index")]
    public sealed class IndexMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.CreateIndex("users_mail_id", "users", ["mail", "id"]);

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropIndex("users_mail_id", "users");
    }

    [DbContext(typeof(DangerousContext))]
    [Migration("5_Token")]
    public sealed class TokenMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<Guid>("token", "users", "uuid", nullable: false, defaultValueSql: "gen_random_uuid()");

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("token", "users");
    }

    [DbContext(typeof(DangerousContext))]
    [Migration("6_Sql")]
    [ExpandMigration]
    public sealed class SqlMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("SELECT 'DROP TABLE users'");
            migrationBuilder.Sql("SELECT 1;\nALTER TABLE users DROP COLUMN mail");
        }

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("SELECT 1");
    }

    [DbContext(typeof(DangerousContext))]
    [Migration("7_Loses")]
    [ContractMigration(CannotBeUndone = "The rows are gone.")]
    public sealed class LosesMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM users WHERE mail IS NULL");
    }

    /// <summary>Harmless: the data that it destroys are declared, and the index is of a table that it makes itself.</summary>
    [DbContext(typeof(DangerousContext))]
    [Migration("8_Declared")]
    [ContractMigration(CannotBeUndone = "The rows are gone.", DestroysData = "users without mail")]
    public sealed class DeclaredMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DELETE FROM users WHERE mail IS NULL");
            migrationBuilder.Sql("CREATE TABLE gone (id bigint)");
            migrationBuilder.Sql("CREATE INDEX CONCURRENTLY gone_id ON gone (id)", suppressTransaction: true);
            migrationBuilder.Sql("CREATE INDEX gone_too ON gone (id)");
        }
    }

    [DbContext(typeof(DangerousContext))]
    [Migration("9_Slip")]
    [ExpandMigration]
    public sealed class SlipMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("-- lint: ignore drop-everything it is old\nSELECT 1");
            migrationBuilder.Sql("CREATE INDEX CONCURRENTLY slip ON users (mail)");
        }

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("SELECT 1");
    }
}
