using System.Collections.Immutable;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Releases;
using Deployment.Routing;

namespace Deployment.Providers.Local;

/// <summary>All that runs under one state folder: the supervisor, its routers and the instances of all its targets.</summary>
public sealed class LocalHost
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    private readonly StateFolder _folder;

    /// <summary>Names a state folder; nothing is looked at or started.</summary>
    /// <param name="stateFolder">As in <see cref="LocalProcessOptions.StateFolder"/>; null for the default one.</param>
    /// <exception cref="DeploymentException">The folder can't be used.</exception>
    public LocalHost(string? stateFolder = null)
    {
        _folder = new StateFolder(Path.TrimEndingDirectorySeparator(stateFolder ?? LocalProcessOptions.DefaultStateFolder()));
        if (_folder.Problem() is { } problem)
        {
            throw new DeploymentException(problem);
        }
    }

    /// <summary>The folder.</summary>
    public string StateFolder => _folder.Path;

    /// <summary>Makes sure that a supervisor runs. Deployments do it by themselves; after a restart of the machine this brings everything back.</summary>
    /// <exception cref="DeploymentException">It can't be started; the message says why.</exception>
    public async Task StartAsync(CancellationToken cancellationToken) =>
        (await SupervisorLauncher.EnsureAsync(_folder, TimeProvider.System, cancellationToken)).Dispose();

    /// <summary>
    /// Ends every instance, every router and the supervisor, and returns when they are gone. Requests in flight are broken off
    /// where an instance does not finish them in its grace. Fine when nothing runs.
    /// </summary>
    /// <exception cref="DeploymentException">Something can't be ended; the message names it.</exception>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (StateStore.Read(_folder) is not null || File.Exists(_folder.SupervisorSocket))
        {
            // Only a supervisor ends things properly, so there is one for this when there is none.
            using SupervisorClient client = await SupervisorLauncher.EnsureAsync(_folder, TimeProvider.System, cancellationToken);
            await client.StopAsync(cancellationToken);
            await GoneAsync(cancellationToken);
        }
    }

    /// <summary>Every instance under the folder, as it is at this moment; works without a supervisor as well.</summary>
    /// <exception cref="DeploymentException">The state can't be read; the message says why.</exception>
    public Task<IReadOnlyList<LocalInstance>> StatusAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<LocalInstance> all = StateStore.Read(_folder) is not { } state
            ? []
            : [.. StatusReader.All(_folder, state).Targets.SelectMany(target => target.Value.Revisions.SelectMany(revision => revision.Value.Instances.Select(instance => Of(target.Key, revision.Key, instance))))];
        return Task.FromResult(all);
    }

    /// <summary>
    /// A systemd unit that starts the supervisor with the machine, which brings everything back that ran. Save it as
    /// <c>/etc/systemd/system/NAME.service</c> (with a user) or <c>~/.config/systemd/user/NAME.service</c> (without) and enable it.
    /// </summary>
    /// <param name="user">The user that everything runs as, for a unit of the system; null for a unit of one's own.</param>
    /// <returns>The unit's text. It stays right when a later version of this library takes over.</returns>
    /// <exception cref="DeploymentException">The library's files can't be placed in the folder, or the user's name can't be used.</exception>
    public string SystemdUnit(string? user = null)
    {
        Hosting.StateFolder.Create(_folder.Path);
        return UnitFile.Text(_folder, HostFiles.Place(_folder).Dotnet, user);
    }

    /// <summary>What the router of a port counted since it started, by revision; empty when none runs.</summary>
    /// <param name="port">The public port.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    public async Task<IReadOnlyDictionary<RevisionId, RevisionCounters>> CountersAsync(int port, CancellationToken cancellationToken)
    {
        RouterMetrics? metrics = await RouterClient.MetricsAsync(_folder.RouterSocket(port), cancellationToken);
        return metrics is null
            ? ImmutableDictionary<RevisionId, RevisionCounters>.Empty
            : metrics.Targets.Values.SelectMany(target => target.Revisions)
                .GroupBy(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal)
                .ToImmutableDictionary(group => RevisionId.Parse(group.Key), group => RevisionCounters.Of(metrics.LatencyBounds, [.. group]));
    }

    /// <summary>Answers every request of a target with a maintenance page from now on, whatever is routed meanwhile.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="page">The page.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">Nothing was routed on the target yet, or a newer run took over just now.</exception>
    public Task StartMaintenanceAsync(string target, MaintenancePage page, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        return AskAsync(target, (client, epoch) => client.MaintenanceAsync(target, MaintenanceRequest.Of(page), epoch, cancellationToken), cancellationToken);
    }

    /// <summary>Serves a target's revisions again.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">Nothing was routed on the target yet, or a newer run took over just now.</exception>
    public Task EndMaintenanceAsync(string target, CancellationToken cancellationToken) =>
        AskAsync(target, (client, epoch) => client.MaintenanceAsync(target, null, epoch, cancellationToken), cancellationToken);

    /// <summary>Holds the requests of a target until <see cref="ResumeAsync"/>; those in flight go on.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="longest">How long one request is held before it is answered 503: above zero, at most 5 minutes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">Nothing was routed on the target yet, the time is outside its range, or a newer run took over just now.</exception>
    public Task PauseAsync(string target, TimeSpan longest, CancellationToken cancellationToken) =>
        AskAsync(target, (client, epoch) => client.PauseAsync(target, new PauseRequest { HoldSeconds = longest.TotalSeconds }, epoch, cancellationToken), cancellationToken);

    /// <summary>Serves a target's requests again, those that are held first.</summary>
    /// <param name="target">The target's name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">Nothing was routed on the target yet, or a newer run took over just now.</exception>
    public Task ResumeAsync(string target, CancellationToken cancellationToken) =>
        AskAsync(target, (client, epoch) => client.PauseAsync(target, null, epoch, cancellationToken), cancellationToken);

    /// <summary>
    /// Starts the router of a port anew, on a patched runtime for instance. The port accepts connections all the while; requests in flight
    /// finish in the old process. Linux; elsewhere the port is closed for a moment.
    /// </summary>
    /// <param name="port">The public port.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">No router looks after the port, or the new one does not come up and the old one goes on.</exception>
    public async Task RenewRouterAsync(int port, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await SupervisorLauncher.EnsureAsync(_folder, TimeProvider.System, cancellationToken);
        await client.RenewAsync(port, cancellationToken);
    }

    private async Task AskAsync(string target, Func<SupervisorClient, long, Task> ask, CancellationToken cancellationToken)
    {
        using SupervisorClient client = await SupervisorLauncher.EnsureAsync(_folder, TimeProvider.System, cancellationToken);
        await ask(client, await client.EpochAsync(target, cancellationToken));
    }

    private static LocalInstance Of(string target, string revision, InstanceStatus instance) => new()
    {
        Target = target,
        Revision = RevisionId.Parse(revision),
        Slot = instance.Slot,
        Port = instance.Port == 0 ? null : instance.Port,
        ProcessId = instance.Running ? instance.ProcessId : null,
        Restarts = instance.Restarts,
        LastExitCode = instance.LastExitCode,
        LastEnded = instance.LastEnded,
        CrashLooping = instance.CrashLooping,
        Log = instance.Log,
    };

    private async Task GoneAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using var free = new FileStream(_folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return;
            }
            catch (IOException) when (Directory.Exists(_folder.Path))
            {
                // The system gives the lock back once the supervisor is gone.
                await Task.Delay(Look, TimeProvider.System, cancellationToken);
            }
        }
    }
}
