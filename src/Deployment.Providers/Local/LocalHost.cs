using System.Collections.Immutable;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Releases;

namespace Deployment.Providers.Local;

/// <summary>All that runs under one state folder: the supervisor, its routers and the instances of all its targets.</summary>
public sealed class LocalHost
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    private readonly StateFolder _folder;

    /// <summary>Names a state folder; nothing is looked at or started.</summary>
    /// <param name="stateFolder">As in <see cref="LocalTargetOptions.StateFolder"/>; null for the default one.</param>
    /// <exception cref="DeploymentException">The folder can't be used.</exception>
    public LocalHost(string? stateFolder = null)
    {
        _folder = new StateFolder(Path.TrimEndingDirectorySeparator(stateFolder ?? LocalTargetOptions.DefaultStateFolder()));
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

    /// <summary>What the router of a port counted since it started, by revision; empty when none runs.</summary>
    /// <param name="port">The public port.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    public async Task<IReadOnlyDictionary<RevisionId, RevisionCounters>> CountersAsync(int port, CancellationToken cancellationToken)
    {
        RouterMetrics? metrics = await RouterClient.MetricsAsync(_folder, port, cancellationToken);
        return metrics is null
            ? ImmutableDictionary<RevisionId, RevisionCounters>.Empty
            : metrics.Revisions.ToImmutableDictionary(entry => RevisionId.Parse(entry.Key), entry => RevisionCounters.Of(metrics.LatencyBounds, entry.Value));
    }

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
