using System.Net;
using Deployment;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;
using QuickStart;
using QuickStart.Load;

namespace DockerCanary;

/// <summary>Opens the shop, brings a good release as a canary under load, then a bad one, which a few users meet before it is taken back.</summary>
internal sealed class Rollout(DeploymentPipeline pipeline, ShopImages images, int port)
{
    private const string First = "1.0.0";
    private const string Good = "1.1.0";
    private const string Bad = "1.2.0";
    private const int RequestsPerSecond = 200;

    // The canary's first share is a tenth; some more are on their way when traffic goes back.
    private const double MostOfABadRelease = 0.2;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly ServingVersions _serving = new(areTold: true);
    private readonly List<string> _problems = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        string first = await images.GoodAsync(First, cancellationToken);
        string good = await images.GoodAsync(Good, cancellationToken);
        string bad = await images.BadAsync(Bad, cancellationToken);

        _serving.Allow(First, Good);
        await using (LoadGenerator load = await OpenAsync(first, cancellationToken))
        {
            if (_problems.Count == 0)
            {
                await BringGoodAsync(good, load, cancellationToken);
            }

            if (_problems.Count == 0)
            {
                await BringBadAsync(bad, load, cancellationToken);
            }
        }

        foreach (string problem in _problems)
        {
            Console.WriteLine($"NOT AS IT SHOULD BE: {problem}");
        }

        return _problems.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>Deploys the first release. Its users come as soon as there is something for them, and are who it is judged by.</summary>
    private async Task<LoadGenerator> OpenAsync(string image, CancellationToken cancellationToken)
    {
        Task deployed = DeployAsync(First, image, DeploymentOutcome.Succeeded, cancellationToken);
        using var http = new HttpClient();
        while (!deployed.IsCompleted && !await IsOpenAsync(http, cancellationToken))
        {
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }

        var load = new LoadGenerator(new LoadOptions { Port = port, RequestsPerSecond = RequestsPerSecond }, _serving);
        try
        {
            await deployed;
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    private async Task BringGoodAsync(string image, LoadGenerator load, CancellationToken cancellationToken)
    {
        await DeployAsync(Good, image, DeploymentOutcome.Succeeded, cancellationToken);
        LoadCounts counts = load.Counts;
        Console.WriteLine($"{string.Join(", ", counts.ByVersion.Select(version => $"{version.Key} answered {version.Value} requests"))}, and {counts.Failed} failed.");
        Expect(counts.Failed == 0, $"no request should have failed while good releases came: {string.Join(" ", counts.Failures)}");
        Expect(counts.ByVersion.ContainsKey(First) && counts.ByVersion.ContainsKey(Good), "both releases should have answered");
    }

    private async Task BringBadAsync(string image, LoadGenerator load, CancellationToken cancellationToken)
    {
        LoadCounts before = load.Counts;
        await DeployAsync(Bad, image, DeploymentOutcome.RolledBack, cancellationToken);
        LoadCounts after = load.Counts;
        (long sent, long failed) = (after.Sent - before.Sent, after.Failed - before.Failed);
        Console.WriteLine($"{failed} of {sent} requests met the bad release before it was taken back.");
        Expect(failed > 0, "some users should have met the bad release");
        Expect(failed < sent * MostOfABadRelease, "only a few users should have met the bad release");

        Observation now = (await pipeline.StatusAsync(cancellationToken)).Targets.Single();
        Expect(now.Live()?.Version == Good, $"{Good} should serve in the end: {now}");
    }

    private async Task DeployAsync(string version, string image, DeploymentOutcome expected, CancellationToken cancellationToken)
    {
        Console.WriteLine($"Deploying {version}.");
        DeploymentResult result = await pipeline.DeployAsync(Release.Of("shop", version, Artifact.Image(image)), cancellationToken);
        Console.WriteLine($"{version}: {result}");
        cancellationToken.ThrowIfCancellationRequested();
        Expect(result.Outcome == expected, $"{version} should have ended {expected}");
    }

    private async Task<bool> IsOpenAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"), cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            _problems.Add(otherwise);
        }
    }
}
