using System.Globalization;
using Deployment.Integration.Tests.Support;
using Deployment.Store;

namespace Deployment.Integration.Tests.Watching;

/// <summary>Releases that are good, a little bad and very bad come to real processes while users buy. No person takes part.</summary>
[Category("Local")]
public sealed class WatchedReleaseTests
{
    [TestCase(25)]
    [TestCase(100)]
    [CancelAfter(120_000)]
    public async Task Deploy_ManyErrors_GoesBackWithinSecondsAndNamesTheNumber(int failingPercent, CancellationToken cancellationToken)
    {
        Sighting seen = await TryAsync(failingPercent, TimeSpan.FromSeconds(30), watches: true, cancellationToken);

        seen.Result.Outcome.Should().Be(DeploymentOutcome.RolledBack, seen.Result.Reason);
        seen.Users.Lost.Should().BeEmpty("going back costs no request");
        seen.Users.Bad.Should().OnlyContain(bad => bad.Version == "1.1.0");
        JournalEntry verdict = seen.Result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.CheckFailed);
        double.Parse(verdict.Detail!["value"].TrimEnd('%'), CultureInfo.InvariantCulture).Should().BeApproximately(failingPercent, 5, verdict.Text);
        // The aim is 5 s; a busy machine gets as much again.
        seen.Time.Should().BeLessThan(TimeSpan.FromSeconds(10));
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task Deploy_FewErrors_GoesBackByTheComparison(CancellationToken cancellationToken)
    {
        Sighting seen = await TryAsync(5, TimeSpan.FromSeconds(120), watches: true, cancellationToken);

        seen.Result.Outcome.Should().Be(DeploymentOutcome.RolledBack, seen.Result.Reason);
        seen.Result.Reason.Should().Contain("error rate is worse than the baseline's");
    }

    // The negative control: the same release, the same users, and nobody looks.
    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_ManyErrorsAndNobodyLooks_IsPromoted(CancellationToken cancellationToken)
    {
        Sighting seen = await TryAsync(25, TimeSpan.FromSeconds(6), watches: false, cancellationToken);

        seen.Result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        seen.Users.Bad.Count.Should().BeGreaterThan(100);
    }

    [Test]
    [CancelAfter(180_000)]
    public async Task Deploy_Identical_IsPromoted(CancellationToken cancellationToken)
    {
        Sighting seen = await TryAsync(0, TimeSpan.FromSeconds(15), watches: true, cancellationToken);

        seen.Result.Outcome.Should().Be(DeploymentOutcome.Succeeded, seen.Result.Reason);
        seen.Users.Bad.Should().BeEmpty();
        seen.Users.Lost.Should().BeEmpty();
    }

    [Test]
    [Category("Soak")]
    [CancelAfter(3_600_000)]
    public async Task Deploy_FiftyIdenticalReleases_AtLeast48ArePromoted(CancellationToken cancellationToken)
    {
        await using WatchedShop shop = await WatchedShop.OpenAsync(TimeSpan.FromSeconds(15), watches: true, cancellationToken);
        await using var users = new Shoppers(shop.Port, WatchedShop.RequestsPerSecond);
        int promoted = 0;
        for (int run = 1; run <= 50; run++)
        {
            DeploymentResult result = await shop.DeployAsync($"1.{run}.0", 0, cancellationToken);
            promoted += result.Outcome == DeploymentOutcome.Succeeded ? 1 : 0;
            await TestContext.Progress.WriteLineAsync($"{run}: {result}");
        }

        TestContext.Out.WriteLine($"{promoted} of 50 identical releases were promoted; {users.Asked} requests, {users.Lost.Count} lost.");
        promoted.Should().BeGreaterThanOrEqualTo(48);
        users.Lost.Should().BeEmpty();
    }

    [TestCase(1)]
    [TestCase(5)]
    [TestCase(25)]
    [TestCase(100)]
    [Category("Soak")]
    [CancelAfter(900_000)]
    public async Task Deploy_SomeErrors_PrintsWhoWasHit(int failingPercent, CancellationToken cancellationToken)
    {
        Sighting seen = await TryAsync(failingPercent, TimeSpan.FromMinutes(5), watches: true, cancellationToken);

        seen.Result.Outcome.Should().Be(DeploymentOutcome.RolledBack, seen.Result.Reason);
    }

    private static async Task<Sighting> TryAsync(int failingPercent, TimeSpan bake, bool watches, CancellationToken cancellationToken)
    {
        await using WatchedShop shop = await WatchedShop.OpenAsync(bake, watches, cancellationToken);
        await using var users = new Shoppers(shop.Port, WatchedShop.RequestsPerSecond);
        await Wait.UntilAsync(() => users.Asked > WatchedShop.RequestsPerSecond, "users buy");

        var seen = new Sighting(await shop.DeployAsync("1.1.0", failingPercent, cancellationToken), users);

        await TestContext.Progress.WriteLineAsync($"{failingPercent}% errors: {seen.Result.Outcome}, {users.Bad.Count} users hit of {users.Asked}, {seen.Time.TotalSeconds:0.0} s from the first bad answer to the last. {seen.Result.Reason}");
        return seen;
    }

    private sealed record Sighting(DeploymentResult Result, Shoppers Users)
    {
        /// <summary>From the first bad answer to the last.</summary>
        internal TimeSpan Time => Users.Bad is [var first, .., var last] ? last.At - first.At : TimeSpan.Zero;
    }
}
