using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Tests.Contexts;

namespace Deployment.Providers.EntityFrameworkCore.Tests;

/// <summary>What migrations send is looked at by the rules of SQL scripts.</summary>
[Category("PostgreSql")]
public sealed class LintTests
{
    private Database _database = null!;

    [SetUp]
    public async Task CreateAsync() => _database = await Database.CreateAsync();

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Observe_DangerousOperationsAndSql_SaysAllOfThemWithWhatToDo()
    {
        MigrationsSeen seen = await ObserveAsync();

        seen.Problems.Should().SatisfyRespectively(
            index => index.Should().StartWith("4_Index:2: Error index-not-concurrent: An index of users is built without CONCURRENTLY. Nobody can write to the table while the index is built. Make it in a migration of its own, by CreateIndex(…).Annotation(")
                .And.EndWith("If it may be so, write `-- lint: ignore index-not-concurrent REASON` into an Sql(…) there."),
            down => down.Should().StartWith("The Down of 4_Index:2: Error drop-index-not-concurrent: The index users_mail_id is dropped without CONCURRENTLY."),
            token => token.Should().StartWith("5_Token:2: Error volatile-default: The new column token of users has a default by gen_random_uuid(), which may differ from row to row."),
            sql => sql.Should().StartWith("6_Sql:5: Error drop-column: The column mail of users is dropped."),
            loses => loses.Should().StartWith("7_Loses:2: Error undeclared-data-loss: Rows of users are deleted.").And.Contain("[ContractMigration(DestroysData = \"…\")]"),
            transaction => transaction.Should().StartWith("9_Slip:5: Error not-in-transaction: CREATE … CONCURRENTLY stands in a transaction.").And.Contain("suppressTransaction: true"),
            slip => slip.Should().StartWith("9_Slip, line 2: There is no rule `drop-everything`."));
    }

    [Test]
    public async Task Observe_WhatIsIgnored_StandsInTheRunbookWithItsReason() =>
        (await ObserveAsync()).Known.Single(migration => migration.Id == DangerousContext.Ignored).Notes.Should().Equal(
            "3_Ignored:4: ignored index-not-concurrent: An index of users is built without CONCURRENTLY. (reason: the table is small)",
            "The Down of 3_Ignored:3: ignored drop-index-not-concurrent: The index users_both is dropped without CONCURRENTLY. (reason: the table is small)");

    [Test]
    public async Task Apply_WhatTheLintLetsPass_RunsAndIsUndone()
    {
        EfMigrator<DangerousContext> migrator = Migrator();

        await _database.ApplyAsync(migrator, DangerousContext.Users, DangerousContext.Concurrent, DangerousContext.Ignored);

        (await IndexesAsync()).Should().Equal("users_both", "users_id", "users_mail");
        foreach (string id in new[] { DangerousContext.Ignored, DangerousContext.Concurrent })
        {
            await migrator.UndoAsync(await Database.FindAsync(migrator, id), _database.Context, CancellationToken.None);
        }

        (await IndexesAsync()).Should().Equal("users_id");
    }

    private EfMigrator<DangerousContext> Migrator() => Database.Migrator(() => new DangerousContext(_database.Address), options => options.IgnoreModelChanges = true);

    private Task<MigrationsSeen> ObserveAsync() => Migrator().ObserveAsync(CancellationToken.None);

    private Task<string[]> IndexesAsync() => _database.AskAsync<string[]>("SELECT array_agg(indexname::text ORDER BY indexname) FROM pg_indexes WHERE tablename = 'users'");
}
