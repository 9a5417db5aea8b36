using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Tests.Contexts;

namespace Deployment.Providers.EntityFrameworkCore.Tests;

/// <summary>What is said before anything runs.</summary>
[Category("PostgreSql")]
public sealed class PhaseTests
{
    [Test]
    public async Task Observe_PhasesMissingOrWrong_SaysAllOfThemAtOnce()
    {
        await using Database database = await Database.CreateAsync();

        MigrationsSeen seen = await Database.Migrator(() => new WrongContext(database.Address), options => options.IgnoreModelChanges = true).ObserveAsync(CancellationToken.None);

        seen.Problems.Should().SatisfyRespectively(
            mixed => mixed.Should().Be("The migration '1_Mixed' of shop adds the column users.email, and drops the column users.mail. Make two migrations of it: what adds runs before the release comes, and what takes away when no older one can come back."),
            drops => drops.Should().Be("The migration '2_Drops' of shop drops the table orders, which older releases need. Declare it a contract: write [ContractMigration] above its class."),
            sql => sql.Should().StartWith("The migration '3_Sql' of shop runs SQL of its own, and whether older releases work with that can't be seen. Say when it runs: write [ExpandMigration], "),
            renames => renames.Should().StartWith("The migration '4_Renames' of shop is declared as expand and renames the column users.mail to email, which only a contract may"),
            late => late.Should().StartWith("The migration '5_Late' of shop is a contract and adds the column users.late, which would come too late for the release that needs it."),
            backfill => backfill.Should().StartWith("The migration '6_Backfill' of shop is a backfill and makes the index users_mail on users; a backfill changes rows, not the schema."));
        seen.Known.Single(migration => migration.Id == "7_NoDown").Undo.Should().BeNull("the pipeline refuses what has no undo");
    }

    /// <summary>The past is not judged: a database that was migrated before can be taken over.</summary>
    [Test]
    public async Task Observe_WrongButApplied_IsNoProblem()
    {
        await using Database database = await Database.CreateAsync();
        await database.RunAsync("""CREATE TABLE "__EFMigrationsHistory" ("MigrationId" varchar(150) PRIMARY KEY, "ProductVersion" varchar(32) NOT NULL)""");
        EfMigrator<WrongContext> migrator = Database.Migrator(() => new WrongContext(database.Address), options => options.IgnoreModelChanges = true);
        foreach (Migration migration in (await migrator.ObserveAsync(CancellationToken.None)).Known)
        {
            await database.RunAsync($"INSERT INTO \"__EFMigrationsHistory\" VALUES ('{migration.Id}', '8.0.0')");
        }

        MigrationsSeen seen = await migrator.ObserveAsync(CancellationToken.None);

        seen.Problems.Should().BeEmpty();
        seen.Known.Should().OnlyContain(migration => migration.Undo != null && (migration.DestroysData == null || migration.Phase == MigrationPhase.Contract), "or the pipeline would refuse");
    }
}
