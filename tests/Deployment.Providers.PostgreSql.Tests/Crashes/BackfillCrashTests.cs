namespace Deployment.Providers.PostgreSql.Tests.Crashes;

/// <summary>A process that fills a table is killed at random moments, and another one goes on.</summary>
[Category("PostgreSql")]
public sealed class BackfillCrashTests
{
    [Test]
    public async Task Backfill_ProcessesAreKilledAtRandomMoments_NoRowIsLeftOutOrDoneTwice()
    {
        await using CrashedBackfill backfill = await CrashedBackfill.CreateAsync(100_000);

        await backfill.KillAsync(deaths: 8, seed: 41);
        await backfill.FinishAsync();

        await backfill.CheckAsync();
        backfill.Advances.Should().BePositive("some died in the midst");
        TestContext.Out.WriteLine($"{backfill.Deaths} processes were killed, {backfill.Advances} of them after they had filled a part.");
    }

    /// <summary>The control: where nobody remembers how far it came, rows are done twice.</summary>
    [Test]
    public async Task Backfill_ProgressIsNotKept_RowsAreDoneTwice()
    {
        await using CrashedBackfill backfill = await CrashedBackfill.CreateAsync(100_000, forgets: true);

        for (int i = 1; backfill.Advances == 0; i++)
        {
            i.Should().BeLessThan(10);
            await backfill.KillAsync(deaths: i * 2, seed: 42 + i);
        }

        await backfill.FinishAsync();

        (await backfill.FilledTwiceAsync()).Should().BePositive();
        await backfill.Awaiting(it => it.CheckAsync()).Should().ThrowAsync<AssertionException>();
    }
}
