using System.Globalization;
using System.Net.Sockets;
using Deployment;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using QuickStart.Load;

namespace QuickStart;

/// <summary>Deploys the first release, puts load on it, deploys the others under that load, and looks at what came of it.</summary>
internal sealed class Tour(DeploymentPipeline pipeline, LocalTarget target, Deployable app, Workspace workspace, LiveProgress progress)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ServingVersions _serving = new(app.TellsVersion);
    private readonly List<DeploymentResult> _results = [];
    private readonly List<string> _problems = [];

    public async Task<int> RunAsync(bool stay, CancellationToken cancellationToken)
    {
        progress.Write($"Users come to http://127.0.0.1:{target.Port}{app.HomePath}.");
        Release first = app.Releases[0].Release;
        DeploymentResult begin = await DeployAsync(first, cancellationToken);
        if (begin.Outcome != DeploymentOutcome.Succeeded)
        {
            progress.Write($"Without {first.Version} there is nothing to put load on.");
            return ExitCode.Failure;
        }

        LoadCounts counts = await DeployOthersUnderLoadAsync(first.Version, cancellationToken);
        Summary summary = await SummarizeAsync(counts, cancellationToken);
        _problems.AddRange(Expectations.NotMet(summary, app));
        await new Ending(workspace, progress).WriteAsync(summary, counts, _problems, cancellationToken);
        if (stay)
        {
            progress.Write($"{summary.Serving} goes on serving at http://127.0.0.1:{target.Port}{app.HomePath} until Ctrl-C.");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return _problems.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private async Task<LoadCounts> DeployOthersUnderLoadAsync(string live, CancellationToken cancellationToken)
    {
        _serving.Allow(live);
        await using var load = new LoadGenerator(new LoadOptions { Port = target.Port, Path = app.HomePath, SlowPath = app.SlowPath }, _serving);
        await using IAsyncDisposable watch = progress.Watch(load);
        foreach ((Release release, DeploymentOutcome expected) in app.Releases.Skip(1))
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);

            // Users may meet the new version only where it should succeed, and the old one only until then.
            _serving.Allow(expected == DeploymentOutcome.Succeeded ? [live, release.Version] : [live]);
            var rate = new RateCheck(load);
            DeploymentResult result = await DeployAsync(release, cancellationToken);
            _problems.AddRange(rate.Problems(release.Version));
            live = result.Outcome == DeploymentOutcome.Succeeded ? release.Version : live;
            _serving.Allow(live);
        }

        await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        return await load.StopAsync();
    }

    private async Task<DeploymentResult> DeployAsync(Release release, CancellationToken cancellationToken)
    {
        string folder = workspace.Of(release.Version);
        progress.Write("");
        progress.Write($"Deploying {release.Version}. The plan: {Path.Combine(folder, "deployment-plan.md")}");

        Runbook runbook = await pipeline.PlanAsync(release, cancellationToken);
        await runbook.SaveAsync(folder, cancellationToken);
        DeploymentResult result = await pipeline.ExecuteAsync(runbook, cancellationToken);

        await result.Log.SaveAsync(folder, CancellationToken.None);
        _results.Add(result);
        progress.Write($"{release.Version}: {result.Outcome}{(result.RollbackDuration is { } back ? string.Create(CultureInfo.InvariantCulture, $" in {back.TotalMilliseconds:0} ms") : "")}. {result.Reason}".TrimEnd());
        cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    private async Task<Summary> SummarizeAsync(LoadCounts counts, CancellationToken cancellationToken) => new()
    {
        Deployments = [.. _results.Select(result => new DeploymentSummary(result.Release!.Version, result.Outcome.ToString()))],
        Requests = new RequestSummary(counts.Sent, counts.Failed, await ByVersionAsync(counts, cancellationToken)),
        RollbackMilliseconds = _results.Select(result => result.RollbackDuration).LastOrDefault(duration => duration is not null) is { } back ? (long)back.TotalMilliseconds : null,
        Serving = await ServingAsync(cancellationToken),
    };

    /// <summary>By what users read, or by what the router counted where the application doesn't tell its version.</summary>
    private async Task<IReadOnlyDictionary<string, long>> ByVersionAsync(LoadCounts counts, CancellationToken cancellationToken)
    {
        if (app.TellsVersion)
        {
            return counts.ByVersion;
        }

        IReadOnlyDictionary<RevisionId, RevisionCounters> counted = await target.Host.CountersAsync(target.Port, cancellationToken);
        return new SortedDictionary<string, long>(counted.ToDictionary(revision => revision.Key.Version, revision => revision.Value.Requests - revision.Value.Errors), StringComparer.Ordinal);
    }

    /// <summary>What the target says takes the traffic, if a user meets just that.</summary>
    private async Task<string?> ServingAsync(CancellationToken cancellationToken)
    {
        DeploymentStatus status = await pipeline.StatusAsync(cancellationToken);
        string? live = status.Targets.Single().Live()?.Version;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            using KeepAliveConnection user = await KeepAliveConnection.OpenAsync(target.Port, late.Token);
            HttpAnswer answer = await user.GetAsync(app.HomePath, late.Token);
            return answer.Status == 200 && (!app.TellsVersion || answer.Body == live) ? live : null;
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            progress.Write($"A user who came in the end got no answer: {error.Message}");
            return null;
        }
    }
}
