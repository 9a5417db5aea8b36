using System.Globalization;
using Deployment;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Store;
using QuickStart;
using QuickStart.Load;

namespace CustomStrategy;

/// <summary>Brings a good release to all rings under load, then a bad one, which only the first ring meets.</summary>
internal sealed class Rollout(DeploymentPipeline pipeline, LocalTarget target, ReleaseOwner owner)
{
    private const string Old = "1.0.0";
    private const string Good = "1.1.0";
    private const string Bad = "1.2.0";
    private const double MostOfABadRelease = 0.1;

    private readonly Artifact _shop = Artifact.Process("dotnet", "QuickStart.App.dll").In(Path.Combine(AppContext.BaseDirectory, "app"));
    private readonly ServingVersions _serving = new(areTold: true);
    private readonly List<string> _problems = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await DeployAsync(Version(Old), DeploymentOutcome.Succeeded, cancellationToken);
        if (_problems.Count == 0)
        {
            _serving.Allow(Old, Good);
            await using var load = new LoadGenerator(new LoadOptions { Port = target.Port }, _serving);
            await BringGoodAsync(load, cancellationToken);
            await BringBadAsync(load, cancellationToken);
        }

        foreach (string problem in _problems)
        {
            Console.WriteLine($"NOT AS IT SHOULD BE: {problem}");
        }

        return _problems.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private async Task BringGoodAsync(LoadGenerator load, CancellationToken cancellationToken)
    {
        List<LoadCounts> atShifts = [];
        owner.Routed = () => atShifts.Add(load.Counts);
        await DeployAsync(Version(Good), DeploymentOutcome.Succeeded, cancellationToken);
        owner.Routed = null;
        if (_problems.Count > 0)
        {
            return;
        }

        // The counts at one shift and at the next are what the users of a ring did meanwhile.
        double[] shares = [.. atShifts.Zip(atShifts.Skip(1), ShareOfGood)];
        Console.WriteLine($"The rings' shares of {Good}, as users met them: {string.Join(", ", shares.Select(share => share.ToString("P1", CultureInfo.InvariantCulture)))}, then all.");
        Expect(shares.Length == 3 && shares.All(share => share > 0), $"each of three rings should have met {Good}");
        Expect(shares.Zip(shares.Skip(1)).All(pair => pair.First < pair.Second), "each ring should be larger than the one before");
        Expect(load.Counts.Failed == 0, $"{load.Counts.Failed} requests failed while a good release came: {string.Join(" ", load.Counts.Failures)}");
    }

    private async Task BringBadAsync(LoadGenerator load, CancellationToken cancellationToken)
    {
        LoadCounts before = load.Counts;
        await DeployAsync(Version(Bad).WithSetting("SHOP_HOME_PAGE_FAILS", "true"), DeploymentOutcome.RolledBack, cancellationToken);
        LoadCounts after = load.Counts;
        (long sent, long failed) = (after.Sent - before.Sent, after.Failed - before.Failed);
        Console.WriteLine($"{failed} of {sent} requests met the bad release before it went back.");
        Expect(failed > 0, "the first ring should have met the bad release");
        Expect(failed < sent * MostOfABadRelease, "nobody but the first ring should have met the bad release");

        var now = (await pipeline.StatusAsync(cancellationToken)).Targets.Single();
        Expect(now.Live()?.Version == Good, $"{Good} should serve in the end: {now}");
    }

    private async Task DeployAsync(Release release, DeploymentOutcome expected, CancellationToken cancellationToken)
    {
        Console.WriteLine($"Deploying {release.Version}.");
        DeploymentResult result = await pipeline.DeployAsync(release, cancellationToken);
        Console.WriteLine($"{release.Version}: {result}");
        cancellationToken.ThrowIfCancellationRequested();
        Expect(result.Outcome == expected, $"{release.Version} should have ended {expected}");
    }

    private static double ShareOfGood(LoadCounts from, LoadCounts to)
    {
        long good = to.ByVersion.GetValueOrDefault(Good) - from.ByVersion.GetValueOrDefault(Good);
        return (double)good / Math.Max(1, to.Answered - from.Answered);
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            _problems.Add(otherwise);
        }
    }

    private Release Version(string version) => Release.Of("shop", version, _shop).WithSetting("SHOP_VERSION", version);
}
