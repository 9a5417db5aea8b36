using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Deployment.Providers.EntityFrameworkCore.Tests.Contexts;

/// <summary>Migrations that fail in their midst.</summary>
public sealed class BrokenContext(string address) : HandMadeContext(address)
{
    internal const string Half = "20260101000000_Half";
    internal const string Index = "20260102000000_Index";

    [DbContext(typeof(BrokenContext))]
    [Migration(Half)]
    [ExpandMigration]
    public sealed class HalfMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("CREATE TABLE orders (id bigint PRIMARY KEY);");
            migrationBuilder.Sql("INSERT INTO nobody VALUES (1);");
        }

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("orders");
    }

    [DbContext(typeof(BrokenContext))]
    [Migration(Index)]
    [ExpandMigration]
    public sealed class IndexMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("CREATE UNIQUE INDEX CONCURRENTLY people_name ON people (name);", suppressTransaction: true);

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP INDEX CONCURRENTLY people_name;", suppressTransaction: true);
    }
}
