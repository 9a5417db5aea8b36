using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Releases;
using Deployment.Targets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Switches traffic, and waits until what lost its share has finished.</summary>
internal sealed class Routes(StateFolder folder, StateStore store, RouterKeeper keeper, PortRouters routers, ILogger logger, TimeProvider timeProvider)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    // A table is read, changed and handed on by one at a time: deployers switch, and crashed instances come back on other ports.
    private readonly Turns _turns = new();

    public async Task<RouteAnswer> RouteAsync(string target, RouteRequest request, long epoch, CancellationToken cancellationToken)
    {
        RouteTable? table = await _turns.RunAsync(request.Port, () => SwitchAsync(target, request, epoch, byInstances: false, cancellationToken), cancellationToken);
        return table is null ? RouteAnswer.Nothing : await DrainAsync(table, request, status => status.Draining(), "left until it is removed", cancellationToken);
    }

    /// <summary>Has requests go to the instances that are in their slots, and to no others; null when nothing is served and nothing is to be.</summary>
    public Task<RouteTable?> FollowSlotsAsync(string target, RouteRequest request, long epoch, CancellationToken cancellationToken) => _turns.RunAsync(
        request.Port,
        () => SwitchAsync(target, request with { Split = Split(Serving(target)) }, epoch, byInstances: true, cancellationToken),
        cancellationToken);

    /// <summary>Waits until instances that are out of the rotation have finished.</summary>
    /// <param name="table">The table that they are not in.</param>
    /// <param name="request">How long, and what becomes of what is unfinished then.</param>
    /// <param name="leaving">Their names, by port.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<RouteAnswer> DrainAsync(RouteTable table, RouteRequest request, IReadOnlyDictionary<int, string> leaving, CancellationToken cancellationToken) =>
        DrainAsync(table, request, status => status.On(leaving), "left until it ends", cancellationToken);

    /// <summary>Changes what the router does for a target besides the split.</summary>
    /// <exception cref="RefusedException">Nothing was ever routed.</exception>
    public async Task ChangeAsync(string target, long epoch, Func<RouteTable, RouteTable> change, CancellationToken cancellationToken)
    {
        bool routed = await WithTableAsync(target, old => FollowAsync(old, change(old) with { Epoch = epoch }, null, cancellationToken), cancellationToken);
        if (!routed)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, $"Nothing was routed on {target} yet, so there is no router to tell.");
        }
    }

    /// <summary>Has the router know which revisions stand, if its rules need that.</summary>
    /// <param name="target">The target.</param>
    /// <param name="epoch">Of the run.</param>
    /// <param name="without">A revision that is about to be removed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task RefreshAsync(string target, long epoch, string? without, CancellationToken cancellationToken) => WithTableAsync(
        target,
        async old =>
        {
            if (old.NeedsLiveRevisions && old.Revisions.GetValueOrDefault(without ?? "") is null)
            {
                await FollowAsync(old, old with { Epoch = epoch }, without, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>Hands the router the present ports of the instances that it knows. It is not waited for: one that starts now reads the file.</summary>
    public Task FollowInstancesAsync(string target, CancellationToken cancellationToken) => WithTableAsync(
        target,
        async old =>
        {
            RouteTable table = old with
            {
                Generation = old.Generation + 1,
                Revisions = old.ByInstances
                    ? Entries(Serving(target))
                    : old.Revisions.ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value with { Ports = Ports(target, entry.Key) ?? entry.Value.Ports }, StringComparer.Ordinal),
                Live = [.. old.Live.Select(live => live with { Ports = Ports(target, live.Revision) ?? live.Ports })],
            };
            if (!table.RoutesLike(old))
            {
                RouteTables.Write(folder, table);
                await keeper.TellAsync(table, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>Serves a target no longer, and stops the router when it was the port's last. A target that is routed there meanwhile waits, and starts another.</summary>
    public Task ReleaseAsync(string target, CancellationToken cancellationToken) => store.Current.Targets.GetValueOrDefault(target)?.Port is { } port
        ? _turns.RunAsync(port, () => keeper.ReleaseAsync(target, port, cancellationToken), cancellationToken)
        : Task.CompletedTask;

    // Null when nothing is served and nothing is to be.
    private async Task<RouteTable?> SwitchAsync(string target, RouteRequest asked, long epoch, bool byInstances, CancellationToken cancellationToken)
    {
        var checks = new RouteChecks(folder, store.Current);
        checks.CheckRequest(target, asked);
        RouteTable? old = RouteTables.Read(folder, store.Current, target);
        if (old is null && asked.Split.IsEmpty && asked.Preview is null)
        {
            // A first route that was refused left nothing to undo: no router needs to be started, on a port that it can't have, to serve nothing.
            return null;
        }

        RouteRequest request = RouteTables.Complete(folder, store.Current, target, asked);
        checks.Check(target, request);
        await PreviewPorts.CheckAsync(request, () => RouterClient.StatusAsync(folder, request.Port, cancellationToken), timeProvider, cancellationToken);
        RouteTable table = await FollowAsync(
            old,
            new RouteTable
            {
                Generation = 0,
                Epoch = epoch,
                Target = target,
                Application = request.Application!,
                Address = request.Address,
                Port = request.Port,
                ByInstances = byInstances,
                Revisions = byInstances ? Entries(Serving(target)) : request.Split.ToImmutableSortedDictionary(share => share.Key, share => new RouteEntry(share.Value, Ports(target, share.Key) ?? []), StringComparer.Ordinal),
                Rules = request.Rules!,
                HoldSeconds = request.HoldSeconds,
                Router = request.Router?.OrNull(),
                Upstream = request.Upstream?.OrNull(),
                Pause = old?.Pause,
                Maintenance = old?.Maintenance,
                Mirror = old?.Mirror,
                Preview = request.Preview,
            },
            null,
            cancellationToken);
        if (!byInstances)
        {
            // From now on a revision serves as a whole; after the table, so that who dies in between leaves the slots to be read from it.
            store.Update(state => state.Targets.GetValueOrDefault(target)?.LeaveSlots());
        }

        return table;
    }

    /// <summary>The instances that are in their slots, by revision, in the order of the slots.</summary>
    private ILookup<string, InstanceState> Serving(string target) => (store.Current.Targets.GetValueOrDefault(target)?.Revisions ?? [])
        .SelectMany(revision => revision.Value.Instances.Where(instance => instance.Rotation == Rotation.In), (revision, instance) => (revision.Key, instance))
        .OrderBy(found => found.instance.Slot)
        .ToLookup(found => found.Key, found => found.instance, StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, int> Split(ILookup<string, InstanceState> serving) =>
        new SlotTable(serving.SelectMany(
            revision => revision,
            (revision, instance) => KeyValuePair.Create(instance.Slot.ToString(CultureInfo.InvariantCulture), RevisionId.Parse(revision.Key))))
            .Traffic.Shares.ToImmutableSortedDictionary(share => share.Key.ToString(), share => share.Value, StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, RouteEntry> Entries(ILookup<string, InstanceState> serving)
    {
        ImmutableSortedDictionary<string, int> split = Split(serving);
        return serving.ToImmutableSortedDictionary(
            revision => revision.Key,
            revision => new RouteEntry(split[revision.Key], [.. revision.Select(instance => instance.Port)]) { Slots = [.. revision.Select(instance => instance.Slot)] },
            StringComparer.Ordinal);
    }

    // False when nothing was ever routed.
    private Task<bool> WithTableAsync(string target, Func<RouteTable, Task> act, CancellationToken cancellationToken) =>
        store.Current.Targets.GetValueOrDefault(target)?.Port is not { } port
            ? Task.FromResult(false)
            : _turns.RunAsync(
                port,
                async () =>
                {
                    if (RouteTables.Read(folder, store.Current, target) is not { } old)
                    {
                        return false;
                    }

                    await act(old);
                    return true;
                },
                cancellationToken);

    private async Task<RouteTable> FollowAsync(RouteTable? old, RouteTable wanted, string? without, CancellationToken cancellationToken)
    {
        wanted = wanted with { Mirror = MirrorOf(wanted, without), Preview = wanted.Preview == without ? null : wanted.Preview };
        RouteTable table = wanted with { Generation = (old?.Generation ?? 0) + 1, Live = wanted.NeedsLiveRevisions ? Live(wanted.Target, without) : [] };
        if (old is not null && table.RoutesLike(old) && keeper.IsKept(table.Port))
        {
            // Also when nothing changes: the router may be another one, or lag behind the file.
            table = old;
        }
        else
        {
            store.Update(state => (state.Targets.GetValueOrDefault(table.Target) ?? (state.Targets[table.Target] = new TargetState { Application = table.Application })).Port = table.Port);
            RouteTables.Write(folder, table);
        }

        await keeper.FollowAsync(table, cancellationToken);
        return table;
    }

    // Who goes, or has users of its own, gets no copies any more.
    private MirrorRequest? MirrorOf(RouteTable table, string? without) =>
        table.Mirror is { } mirror && mirror.Revision != without && !table.Revisions.ContainsKey(mirror.Revision) && store.Current.Revision(table.Target, mirror.Revision)?.Installed == true
            ? mirror
            : null;

    private ImmutableArray<LiveRevision> Live(string target, string? without) =>
    [
        .. (store.Current.Targets.GetValueOrDefault(target)?.Revisions ?? [])
            .Where(entry => entry.Value.Installed && entry.Key != without)
            .OrderByDescending(entry => entry.Value.Order)
            .Select(entry => new LiveRevision(entry.Key, Ports(target, entry.Key) ?? []))
            .Where(live => live.Ports.Length > 0),
    ];

    private ImmutableArray<int>? Ports(string target, string revision) =>
        store.Current.Revision(target, revision) is { } standing ? [.. standing.Instances.Where(instance => instance.MayServe).OrderBy(instance => instance.Slot).Select(instance => instance.Port)] : null;

    private async Task<RouteAnswer> DrainAsync(
        RouteTable table, RouteRequest request, Func<RouterStatus, IReadOnlyDictionary<string, long>> draining, string left, CancellationToken cancellationToken)
    {
        TimeSpan limit = TimeSpan.FromSeconds(request.DrainSeconds);
        long begin = timeProvider.GetTimestamp();
        while (true)
        {
            // A router that started meanwhile has nothing in flight on anything old.
            Dictionary<string, long>? unfinished = await routers.DrainingAsync(table, draining, cancellationToken);
            if (unfinished is { Count: 0 })
            {
                return new RouteAnswer(table.Generation, true, ImmutableSortedDictionary<string, long>.Empty, false);
            }

            if (timeProvider.GetElapsedTime(begin) >= limit)
            {
                return await OverdueAsync(table, unfinished ?? [], request.CutUnfinished, left, cancellationToken);
            }

            await Task.Delay(Look, timeProvider, cancellationToken);
        }
    }

    private async Task<RouteAnswer> OverdueAsync(RouteTable table, Dictionary<string, long> unfinished, bool cut, string left, CancellationToken cancellationToken)
    {
        await routers.OverdueAsync(table, cut, cancellationToken);
        foreach ((string draining, long requests) in unfinished)
        {
            SupervisorLog.Overdue(logger, draining, table.Target, requests, cut ? "broken off" : left);
        }

        return new RouteAnswer(table.Generation, false, unfinished.ToImmutableSortedDictionary(StringComparer.Ordinal), cut);
    }
}
