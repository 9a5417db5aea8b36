namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>The same with more rows and for longer.</summary>
[Category("Soak")]
public sealed class SyncedSoakTests
{
    [TestCaseSource(typeof(LoadShape), nameof(LoadShape.All))]
    public Task Phases_BothReleasesReadAndWriteForLong_NothingFailsAndNothingIsLost(LoadShape shape) => LoadProof.RunAsync(shape, rows: 100_000, operations: 50_000);
}
