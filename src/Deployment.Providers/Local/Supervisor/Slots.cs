using System.Globalization;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Releases;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>
/// Puts revisions into slots of a target, all slots of one call side by side: what is in them leaves the rotation, finishes what it has
/// and ends; what comes joins the rotation once all that come are ready. Where that fails what can go back does, and the other slots are empty.
/// </summary>
internal sealed class Slots(StateStore store, Revisions revisions, Routes routes, InstanceKeeper keeper, InstanceStarter starter, SlotSweeper sweeper, ILogger logger)
{
    public async Task<RouteAnswer> FillAsync(string target, SlotsRequest request, RouteTable? table, long epoch, CancellationToken cancellationToken)
    {
        Check(target, request, table);
        if (table is { ByInstances: false })
        {
            store.Update(state => state.Targets[target].EnterSlots(table.Revisions.Keys));
        }

        try
        {
            return await ReplaceAsync(target, request, epoch, cancellationToken);
        }
        catch
        {
            await RestoreAsync(target, request, epoch);
            throw;
        }
    }

    private void Check(string target, SlotsRequest request, RouteTable? table)
    {
        if (table is { ByInstances: false, Revisions.Count: > 1 })
        {
            throw Refused($"The revisions on {target} share the traffic by weight, not by instances. Route all of it to one of them first.");
        }

        bool serves = table?.Revisions.ContainsKey(request.Revision ?? "") == true;
        if (!serves && request.Revision is { } revision && store.Current.Revision(target, revision) is { Installed: true, HoldsSlots: false })
        {
            throw Refused($"{Naming.Printable(revision)} stands on {target} without traffic, with instances of its own. Route the traffic to it, or remove it first.");
        }
    }

    private async Task<RouteAnswer> ReplaceAsync(string target, SlotsRequest request, long epoch, CancellationToken cancellationToken)
    {
        InstanceKey[] coming = Coming(target, request);
        if (coming.Length > 0)
        {
            // Before anything leaves: what could not be started must cost no capacity.
            await revisions.PrepareAsync(target, RevisionId.Parse(request.Revision!), request.Run!, cancellationToken);
        }

        Dictionary<int, string> leaving = Leave(target, request, [.. coming.Select(key => key.Slot)]);
        RouteTable? table = await routes.FollowSlotsAsync(target, request.Route, epoch, cancellationToken);
        RouteAnswer answer = table is null || leaving.Count == 0
            ? RouteAnswer.Nothing with { Generation = table?.Generation ?? 0 }
            : await routes.DrainAsync(table, request.Route, leaving, cancellationToken);
        store.Update(state => state.Targets.GetValueOrDefault(target)?.Move(Rotation.Leaving, Rotation.Out));
        await sweeper.EndAsync(target, request.Revision, cancellationToken);
        if (coming.Length > 0)
        {
            await JoinAsync(target, request, coming, epoch, cancellationToken);
        }

        return answer;
    }

    // What has the revision and runs stays.
    private InstanceKey[] Coming(string target, SlotsRequest request) => request.Revision is not { } revision
        ? []
        : [.. request.Slots
            .Select(slot => new InstanceKey(target, revision, slot))
            .Where(key => InstanceStarter.Slot(store.Current, key) is not { Rotation: Rotation.In } || !keeper.IsRunning(key))];

    private Dictionary<int, string> Leave(string target, SlotsRequest request, IReadOnlyCollection<int> coming) => store.Update(state =>
    {
        IReadOnlyCollection<int> slots = request.Revision is null ? request.Slots : coming;
        var leaving = new Dictionary<int, string>();
        foreach ((string revision, InstanceState instance) in (state.Targets.GetValueOrDefault(target)?.InSlots() ?? []).Where(found => slots.Contains(found.Instance.Slot)))
        {
            instance.Rotation = Rotation.Leaving;
            leaving[instance.Port] = string.Create(CultureInfo.InvariantCulture, $"instance {instance.Slot} of {revision}");
        }

        return leaving;
    });

    private async Task JoinAsync(string target, SlotsRequest request, InstanceKey[] coming, long epoch, CancellationToken cancellationToken)
    {
        starter.Reserve(coming);
        await revisions.StartAsync(coming, store.Current.Revision(target, request.Revision!)!.Request, cancellationToken);
        store.Update(state =>
        {
            state.Revision(target, request.Revision!)!.Installed = true;
            state.Targets[target].Move(Rotation.Out, Rotation.In);
        });
        try
        {
            // Whoever asked for it may go, it is finished all the same: the router may have been told by then.
            await routes.FollowSlotsAsync(target, request.Route, epoch, CancellationToken.None);
        }
        catch
        {
            store.Update(state => Array.ForEach(coming, key => InstanceStarter.Slot(state, key)!.Rotation = Rotation.Out));
            throw;
        }
    }

    // What is in the slots must be true, also when nobody waits for it any more.
    private async Task RestoreAsync(string target, SlotsRequest request, long epoch)
    {
        store.Update(state => state.Targets.GetValueOrDefault(target)?.Move(Rotation.Leaving, Rotation.In));
        try
        {
            await routes.FollowSlotsAsync(target, request.Route, epoch, CancellationToken.None);
        }
        catch (Exception error) when (error is DeploymentException or RefusedException or IOException or UnauthorizedAccessException)
        {
            SupervisorLog.SlotsNotTold(logger, target, error);
        }

        await sweeper.EndAsync(target, null, CancellationToken.None);
    }

    private static RefusedException Refused(string sentence) => new(StatusCodes.Status409Conflict, sentence);
}
