using System.Collections.Immutable;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>What the verbs of one target share: where it is, and the requests that they are made of.</summary>
internal sealed class LocalOperations(string target, StateFolder folder, LocalTargetOptions options, int port)
{
    public string Target { get; } = target;

    public StateFolder Folder { get; } = folder;

    public int Port { get; } = port;

    public CurlLines Lines { get; } = new(folder);

    public bool Previews => options.Router.PreviewPort is not null;

    public Uri PreviewAddress => TesterLines.Address(options, PreviewPort);

    private int PreviewPort => options.Router.PreviewPort ?? throw new InvalidOperationException($"{Target} has no preview port. Set Router.PreviewPort.");

    public IReadOnlyList<string> PreviewLines() => TesterLines.Preview(options, PreviewPort);

    public bool TakesTesters => options.TesterHeader is not null || options.TesterCookie is not null;

    public RouteRequest RequestOf(TrafficSplit split) => RequestOf(new RouteArguments(split));

    public RouteRequest RequestOf(RouteArguments arguments) => new()
    {
        Application = ApplicationOf(arguments),
        Port = Port,
        Address = options.Address,
        Split = arguments.Split.Shares.ToImmutableSortedDictionary(share => share.Key.ToString(), share => share.Value, StringComparer.Ordinal),
        Preview = arguments.Preview?.ToString(),
        DrainSeconds = options.DrainDeadline.TotalSeconds,
        CutUnfinished = options.CutAtDrainDeadline,
        Rules = options.Rules(),
        Router = options.Router.ClientSettings(),
        Upstream = options.Router.UpstreamSettings(),
    };

    /// <summary>Whose revisions are routed; null when nothing is to be served.</summary>
    public static string? ApplicationOf(RouteArguments arguments) => (arguments.Split.IsEmpty ? arguments.Preview : arguments.Split.Shares[0].Key)?.Application;

    /// <summary>
    /// Takes the traffic away for a while: requests wait for the next revision. From now on they do, also while what is in flight is waited for, so
    /// that may take half of their time at most: the rest is for the next revision to start in.
    /// </summary>
    public RouteRequest HoldRequest() => RequestOf(TrafficSplit.None) with
    {
        HoldSeconds = options.HoldRequests.TotalSeconds,
        DrainSeconds = options.HoldRequests > TimeSpan.Zero ? Math.Min(options.DrainDeadline.TotalSeconds, options.HoldRequests.TotalSeconds / 2) : options.DrainDeadline.TotalSeconds,
    };

    /// <summary>How the target is routed while its slots are changed. Where all of them are changed at once, requests wait.</summary>
    public RouteRequest SlotsRoute() => RequestOf(TrafficSplit.None) with { HoldSeconds = options.HoldRequests.TotalSeconds };

    public Task<SupervisorClient> ConnectAsync(EffectContext context, CancellationToken cancellationToken) =>
        SupervisorLauncher.EnsureAsync(Folder, context.TimeProvider, cancellationToken);

    public async Task InstallAsync(SupervisorClient client, InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await PutSecretsAsync(client, arguments, context, cancellationToken);
        await client.InstallAsync(Target, arguments.Revision.ToString(), arguments.Run, context.Epoch, cancellationToken);
    }

    public async Task PutSecretsAsync(SupervisorClient client, InstallArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        foreach ((string variable, string name) in arguments.Secrets)
        {
            Secret secret = await context.Secrets.GetAsync(name, cancellationToken);
            await client.PutSecretAsync(Target, arguments.Revision.ToString(), variable, secret, context.Epoch, cancellationToken);
        }
    }

    public Task RouteAsync(SupervisorClient client, TrafficSplit split, EffectContext context, CancellationToken cancellationToken) =>
        RouteAsync(client, RequestOf(split), context, cancellationToken);

    public async Task RouteAsync(SupervisorClient client, RouteRequest request, EffectContext context, CancellationToken cancellationToken)
    {
        RouteAnswer answer = await client.RouteAsync(Target, request, context.Epoch, cancellationToken);
        if (!answer.Drained)
        {
            context.Report($"The drain deadline passed with requests in flight: {string.Join(", ", answer.Unfinished.Select(left => $"{left.Value} on {left.Key}"))}. They {(answer.Cut ? "were broken off" : "go on until the revision is removed")}.");
        }
    }

    /// <summary>What runs on the target at this moment; null when nothing does.</summary>
    public TargetStatus? Look() => StateStore.Read(Folder) is { } state ? StatusReader.Target(Folder, state, Target) : null;

    /// <summary>Null when all instances of the revision run and accept connections.</summary>
    public async Task<string?> VerifyStandsAsync(InstallArguments arguments, CancellationToken cancellationToken)
    {
        if (Look()?.Revisions.GetValueOrDefault(arguments.Revision.ToString()) is not { Installed: true } revision)
        {
            return $"{arguments.Revision} is not installed on {Target}.";
        }

        if (revision.Worker)
        {
            // Whether it runs is the switch's business.
            return null;
        }

        foreach (InstanceStatus instance in revision.Instances)
        {
            if (!instance.Running || !await InstanceReadiness.AcceptsAsync(instance.Port, cancellationToken))
            {
                return $"Instance {instance.Slot} of {arguments.Revision} does not {(instance.Running ? $"listen on port {instance.Port}" : "run")}. See {instance.Log}.";
            }
        }

        return revision.Instances.Length == revision.Wanted ? null : $"{revision.Instances.Length} instances of {arguments.Revision} run, not {revision.Wanted}.";
    }

    /// <summary>Null when the workers of the revision run, and no others.</summary>
    public string? VerifyDuty(RevisionId? duty)
    {
        TargetStatus? seen = Look();
        if (seen?.Traffic.Keys.FirstOrDefault() != duty?.ToString())
        {
            return $"{seen?.Traffic.Keys.FirstOrDefault() ?? "Nobody"} is on duty on {Target}.";
        }

        foreach ((string id, RevisionStatus revision) in seen?.Revisions ?? ImmutableSortedDictionary<string, RevisionStatus>.Empty)
        {
            if (id != duty?.ToString() && revision.Running > 0)
            {
                return $"{revision.Running} workers of {id} still run on {Target}.";
            }

            if (id == duty?.ToString() && revision.Instances.FirstOrDefault(instance => !instance.Running) is { } ended)
            {
                return $"Instance {ended.Slot} of {id} does not run. See {ended.Log}.";
            }
        }

        return null;
    }

    /// <summary>What the router itself follows; null when it doesn't answer for the target.</summary>
    public Task<RouterStatus?> RouterAsync(CancellationToken cancellationToken) => RouterClient.StatusAsync(Folder.RouterSocket(Port), Target, cancellationToken);

    /// <summary>The preview port that the router listens on; null when there is to be none, or it doesn't answer.</summary>
    public async Task<int?> PreviewedOnAsync(CancellationToken cancellationToken) => Previews ? (await RouterClient.StatusAsync(Folder, Port, cancellationToken))?.PreviewPort : null;

    /// <summary>What the router counted of copies to a revision; null when it sends it none, or doesn't answer.</summary>
    public async Task<MirrorComparison?> CompareAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        RouterMetrics? metrics = await RouterClient.MetricsAsync(Folder.RouterSocket(Port), cancellationToken);
        return metrics?.Targets.GetValueOrDefault(Target)?.Copies is { } copies && copies.Revision == revision.ToString() ? copies.Comparison() : null;
    }

    /// <summary>The line that shows the same, among all that the router counted.</summary>
    public string CompareLine() => CurlLines.Ask(Folder.RouterSocket(Port), "/metrics");

    /// <summary>Null when the router itself says that it follows the split.</summary>
    public Task<string?> VerifyRoutedAsync(TrafficSplit split, CancellationToken cancellationToken) => VerifyRoutedAsync(new RouteArguments(split), cancellationToken);

    /// <summary>Null when the router itself says that it follows the split, and serves what is to be previewed on a port that it listens on.</summary>
    public async Task<string?> VerifyRoutedAsync(RouteArguments arguments, CancellationToken cancellationToken)
    {
        if (await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target, cancellationToken) is not { } router)
        {
            return arguments.Split.IsEmpty && arguments.Preview is null && Look()?.Port is null ? null : $"The router of port {Port} does not answer. See {Folder.RouterLog(Port)}.";
        }

        RouteRequest wanted = RequestOf(arguments);
        if (wanted.Preview != router.Table.Preview)
        {
            return $"The router of port {Port} previews {router.Table.Preview ?? "nothing"}{(router.PreviewPort is { } preview ? $" on port {preview}" : "")}.";
        }

        // What it listens on, and not its table, which names what it should.
        if (wanted.Preview is not null && router.PreviewPort != options.Router.PreviewPort)
        {
            return $"The router of port {Port} does not listen on the preview port {options.Router.PreviewPort}. See {Folder.RouterLog(Port)}.";
        }

        var seen = router.Table.Revisions.ToDictionary(entry => entry.Key, entry => entry.Value.Percent, StringComparer.Ordinal);
        return seen.Count == wanted.Split.Count && seen.All(share => wanted.Split.GetValueOrDefault(share.Key) == share.Value)
            ? null
            : $"The router of port {Port} routes {(seen.Count == 0 ? "nothing" : string.Join(", ", seen.Select(share => $"{share.Key}={share.Value}")))}.";
    }

    /// <summary>Null when nothing stands on the target and no router answers for it.</summary>
    public async Task<string?> VerifyEmptyAsync(CancellationToken cancellationToken)
    {
        if (Look() is not null)
        {
            return $"Something still stands on {Target}.";
        }

        return await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target, cancellationToken) is null ? null : $"The router of port {Port} still answers.";
    }
}
