using Deployment.Releases;
using Deployment.Routing;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>A router in memory: it routes nothing, remembers every table that it was to follow, and refuses runs that were overtaken.</summary>
/// <param name="name">What people call it.</param>
public sealed class FakeRouter(string name = "router") : ITrafficRouter
{
    private readonly Lock _gate = new();
    private readonly List<RoutingTable> _applied = [];
    private RouterState _state = new();
    private Exception? _trouble;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public TrafficLimits Limits { get; init; } = new(GranularityPercent: 1, MaxRevisions: 100);

    /// <inheritdoc/>
    public int MaxInstances { get; init; } = 64;

    /// <inheritdoc/>
    public IReadOnlyList<Prerequisite> Prerequisites => [];

    /// <inheritdoc/>
    public bool TakesTesters { get; init; }

    /// <inheritdoc/>
    public Uri? PreviewAddress { get; init; }

    /// <summary>Called before it follows a table, while it still follows the one before; null for nothing.</summary>
    public Func<RoutingTable, Task>? Applying { get; set; }

    /// <summary>Every table that it was to follow, in order.</summary>
    public IReadOnlyList<RoutingTable> Applied
    {
        get
        {
            lock (_gate)
            {
                return [.. _applied];
            }
        }
    }

    /// <summary>What it does now; set what a person would have done to it.</summary>
    public RouterState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }

        set
        {
            lock (_gate)
            {
                _state = value;
            }
        }
    }

    /// <summary>Has everything that it is asked fail from now on; null to be well again.</summary>
    public void Fail(Exception? trouble) => _trouble = trouble;

    /// <inheritdoc/>
    public Task<RouterState> ReadAsync(CancellationToken cancellationToken) => Do(() => State, cancellationToken);

    /// <inheritdoc/>
    public async Task ApplyAsync(RoutingTable table, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(context);
        await (Applying?.Invoke(table) ?? Task.CompletedTask);
        await Do(
            () =>
            {
                lock (_gate)
                {
                    Fence(context);
                    _applied.Add(table);
                    string? application = table.Application ?? _state.Table.Application;
                    _state = _state with { Table = table, Epochs = application is null ? _state.Epochs : new SortedDictionary<string, long>(StringComparer.Ordinal) { [application] = context.Epoch } };
                    return _state;
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task MaintainAsync(MaintenancePage? page, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Do(
            () =>
            {
                lock (_gate)
                {
                    Fence(context);
                    return _state = _state with { InMaintenance = page is not null };
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> RouteCommands(TrafficSplit split, IReadOnlyList<RevisionId> reachable, RevisionId? preview, Func<RevisionId, string> addresses) => [$"fakerouter route {split}"];

    /// <inheritdoc/>
    public IReadOnlyList<string> ShowCommands() => ["fakerouter show"];

    /// <inheritdoc/>
    public IReadOnlyList<string> MaintenanceCommands(MaintenancePage? page) => [$"fakerouter maintenance {(page is null ? "off" : "on")}"];

    /// <inheritdoc/>
    public IReadOnlyList<string> TesterCommands(RevisionId revision) =>
        TakesTesters ? [$"fakerouter reach {revision}"] : throw new InvalidOperationException($"{Name} takes no testers.");

    private void Fence(EffectContext context)
    {
        long highest = _state.Epochs.Values.DefaultIfEmpty().Max();
        if (highest > context.Epoch)
        {
            throw new DeploymentException(FormattableString.Invariant($"{Name} follows a run with epoch {highest}, and this one has {context.Epoch}: another process has taken over."));
        }
    }

    private Task<RouterState> Do(Func<RouterState> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _trouble is { } trouble ? Task.FromException<RouterState>(trouble) : Task.FromResult(work());
    }
}
