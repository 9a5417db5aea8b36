using Deployment.Migrations;

namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>Old and new release through expand, backfill, contract and back again.</summary>
internal static class LoadProof
{
    internal static async Task RunAsync(LoadShape shape, int rows, int operations)
    {
        await using LoadScenario scenario = await LoadScenario.CreateAsync(shape, rows, operations);
        LoadRelease old = scenario.StartOld();
        await scenario.ApplyAsync(MigrationPhase.Expand);
        await scenario.WorkAsync();
        Task filling = scenario.ApplyAsync(MigrationPhase.Backfill);
        await scenario.WorkAsync();
        await filling;
        LoadRelease latest = scenario.StartNew();
        await scenario.WorkAsync();
        await scenario.StopAsync(old);
        await scenario.StopAsync(latest);
        (await scenario.LostInOldAsync()).Should().BeEmpty("no write is lost before the contract");
        (await scenario.LostInNewAsync()).Should().BeEmpty("no write is lost before the contract");

        latest = scenario.StartNew();
        await scenario.ApplyAsync(MigrationPhase.Contract);
        await scenario.WorkAsync();
        await scenario.UndoAsync(MigrationPhase.Contract);
        old = scenario.StartOld();
        await scenario.WorkAsync();
        await scenario.StopAsync(latest);
        await scenario.StopAsync(old);
        (await scenario.LostInOldAsync()).Should().BeEmpty("no write is lost");
        (await scenario.LostInNewAsync()).Should().BeEmpty("no write is lost");

        old = scenario.StartOld();
        await scenario.UndoAsync(MigrationPhase.Expand);
        await scenario.WorkAsync();
        await scenario.StopAsync(old);
        (await scenario.LostInOldAsync()).Should().BeEmpty("the old column has all that was written, also by the new release");
        scenario.Ledger.WrongReads().Should().BeEmpty("each release reads what the other one wrote");
        scenario.Ledger.Failures.Should().BeEmpty("no query fails");
        TestContext.Out.WriteLine($"{shape.Name}: {scenario.Ledger.Writes} writes and {scenario.Ledger.Reads} reads of both releases; none failed, none was lost.");
    }
}
