namespace Deployment.Providers.PostgreSql.Tests.Crashes;

/// <summary>The same with a million rows and two hundred deaths.</summary>
[Category("Soak")]
public sealed class BackfillCrashSoakTests
{
    [Test]
    public async Task Backfill_AMillionRowsAndTwoHundredDeaths_NoRowIsLeftOutOrDoneTwice()
    {
        await using CrashedBackfill backfill = await CrashedBackfill.CreateAsync(1_000_000);

        await backfill.KillAsync(deaths: 200, seed: 43);
        await backfill.FinishAsync();

        await backfill.CheckAsync();
        backfill.Advances.Should().BeGreaterThan(50, "many died in the midst");
        TestContext.Out.WriteLine($"{backfill.Deaths} processes were killed, {backfill.Advances} of them after they had filled a part.");
    }
}
