using Deployment.Migrations;

namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>No query fails and no write is lost while both releases write through all phases and back.</summary>
[Category("PostgreSql")]
public sealed class SyncedUnderLoadTests
{
    [TestCaseSource(typeof(LoadShape), nameof(LoadShape.All))]
    public Task Phases_BothReleasesReadAndWrite_NothingFailsAndNothingIsLost(LoadShape shape) => LoadProof.RunAsync(shape, rows: 1000, operations: 500);

    /// <summary>The control: a backfill alone loses what is written after it, and the contract would take it away if it didn't look.</summary>
    [TestCaseSource(typeof(LoadShape), nameof(LoadShape.All))]
    public async Task Phases_WithoutTheTrigger_WritesAreLost(LoadShape shape)
    {
        await using LoadScenario scenario = await LoadScenario.CreateAsync(shape, rows: 500, operations: 1000);
        LoadRelease old = scenario.StartOld();
        await scenario.ApplyAsync(MigrationPhase.Expand);
        // A row of the new release alone needs the old column not to be required, which the trigger does otherwise.
        await scenario.Synced.RunAsync($"ALTER TABLE shop.orders DISABLE TRIGGER USER; ALTER TABLE shop.orders ALTER COLUMN {shape.OldSide.Columns[0]} DROP NOT NULL");
        await scenario.Synced.ApplyAsync(MigrationPhase.Backfill, verifies: false);
        LoadRelease latest = scenario.StartNew();
        await scenario.WorkAsync();
        await scenario.StopAsync(old);
        await scenario.StopAsync(latest);

        (await scenario.LostInOldAsync()).Should().NotBeEmpty();
        (await scenario.LostInNewAsync()).Should().NotBeEmpty();
        scenario.Ledger.WrongReads().Should().NotBeEmpty();
        await scenario.Awaiting(it => it.ApplyAsync(MigrationPhase.Contract)).Should().ThrowAsync<DeploymentException>().WithMessage("*not in step*");
    }
}
