using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Deployment.Providers.EntityFrameworkCore.Tests.Contexts;

/// <summary>Migrations that count how often they ran, one in a transaction and one without.</summary>
public sealed class CountedContext(string address, Action<DbContextOptionsBuilder>? configure = null) : HandMadeContext(address, configure)
{
    internal const string One = "20260101000000_One";
    internal const string Two = "20260102000000_Two";

    [DbContext(typeof(CountedContext))]
    [Migration(One)]
    [ExpandMigration]
    public sealed class OneMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("INSERT INTO runs VALUES ('one');");

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM runs WHERE script = 'one';");
    }

    [DbContext(typeof(CountedContext))]
    [Migration(Two)]
    [ExpandMigration]
    public sealed class TwoMigration : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("INSERT INTO runs VALUES ('two');", suppressTransaction: true);

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DELETE FROM runs WHERE script = 'two';");
    }
}
