using Deployment.Providers.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Snippets;

internal static class EfPhases
{
    #region ef-phases
    [ContractMigration]
    public sealed class DropMail : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn("mail", "users");

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<string>("mail", "users", "text", nullable: true);
    }

    [BackfillMigration(NothingToUndo = "What it filled goes with the column.")]
    [VerifyMigration("SELECT count(*) FROM users WHERE email IS NULL", "0")]
    public sealed class FillEmail : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("UPDATE users SET email = mail WHERE email IS NULL;");
    }
    #endregion
}
