using Deployment.Providers.HAProxy.Files;
using Deployment.Providers.HAProxy.Runtime;
using Deployment.Providers.HAProxy.Sites;
using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.HAProxy.Switching;

/// <summary>
/// Makes a site follow another state. Files are written before HAProxy is changed, so a reload at any moment comes back with a state that is whole; and all
/// can be done again, whatever was left by a deployer that died.
/// </summary>
internal sealed class SiteSwitch(HAProxyOptions options, SiteRuntime runtime, SiteFiles files, SitePaths paths, EffectContext context)
{
    private const int Attempts = 3;

    private Drain Waiting => new(options, runtime, context);

    /// <summary>Follows a table.</summary>
    public async Task ApplyAsync(RoutingTable table, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> addresses = await TableRules.ResolveAsync(table, cancellationToken);
        SiteState next = await ChangeAsync(
            async now =>
            {
                TableRules.Check(options, now, table);
                ILookup<string, ServerState> servers = await runtime.ServersAsync(cancellationToken);
                SiteState placed = new Placement(options, servers, await BusyAsync(now, cancellationToken), addresses).Next(now, table);
                return placed.WithEpoch(table.Application ?? now.Application, context.Epoch);
            },
            table.Application,
            cancellationToken);
        await FinishAsync(next, cancellationToken);
    }

    /// <summary>Begins maintenance, or ends it.</summary>
    public async Task MaintainAsync(PageEntry? page, CancellationToken cancellationToken)
    {
        SiteState next = await ChangeAsync(
            now => Task.FromResult((now with { Generation = now.Generation + 1, Page = page }).WithEpoch(now.Application, context.Epoch)),
            null,
            cancellationToken);
        (int, string?, string)[] waited = [.. next.Lanes.Select(lane => (lane.Number, (string?)null, lane.Revision.ToString()))];
        if (page is not null && await Waiting.WaitAsync(waited, cancellationToken))
        {
            await CutBehindPageAsync(next, waited, cancellationToken);
        }
    }

    // Under the lock: who ended the maintenance meanwhile has users there again. And the servers must serve when it ends, whoever ends it.
    private async Task CutBehindPageAsync(SiteState next, IReadOnlyList<(int Lane, string? Server, string Revision)> waited, CancellationToken cancellationToken)
    {
        using SiteLock held = await SiteLock.TakeAsync(paths, context.TimeProvider, cancellationToken);
        await StillAsync(next, cancellationToken);
        try
        {
            await Waiting.CutAsync(waited, cancellationToken);
        }
        finally
        {
            // Also for who was cancelled in between: each request of HAProxy has its own limit.
            await StartAsync(next, next, CancellationToken.None);
        }
    }

    private async Task<SiteState> ChangeAsync(Func<SiteState, Task<SiteState>> change, string? application, CancellationToken cancellationToken)
    {
        using SiteLock held = await SiteLock.TakeAsync(paths, context.TimeProvider, cancellationToken);
        return await ThroughReloadsAsync(
            async () =>
            {
                SiteState now = await NowAsync(cancellationToken);
                Refuse(now, application ?? now.Application);
                SiteState next = await change(now);
                await files.WriteAsync(next, context.Commands, cancellationToken);
                await StartAsync(now, next, cancellationToken);
                await CommitAsync(now, next, cancellationToken);
                return next;
            },
            cancellationToken);
    }

    // What was prepared is gone with the process that was asked; the new one has read the files.
    private async Task<SiteState> ThroughReloadsAsync(Func<Task<SiteState>> change, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            string process = (await runtime.InfoAsync(cancellationToken)).Process;
            try
            {
                return await change();
            }
            catch (DeploymentException) when (attempt < Attempts)
            {
                if ((await runtime.InfoAsync(cancellationToken)).Process == process)
                {
                    throw;
                }

                context.Report("HAProxy was reloaded meanwhile: once more.");
            }
        }
    }

    // What lost its place: single servers of lanes that stay, and whole lanes, also those that a dead deployer left.
    private async Task FinishAsync(SiteState next, CancellationToken cancellationToken)
    {
        ILookup<string, ServerState> servers = await runtime.ServersAsync(cancellationToken);
        List<(int Lane, string Server)> losing = [];
        List<(int Lane, string? Server, string Revision)> waited = [];
        foreach (int lane in Enumerable.Range(1, options.Lanes))
        {
            LaneEntry? entry = next.Lanes.FirstOrDefault(entry => entry.Number == lane);
            bool stays = entry?.Weight is not null;
            string[] losers = [.. servers[StateText.Backend(options.Site, lane)].Where(server => !server.IsInMaintenance && !(stays && entry!.Places.Any(place => place.Server == server.Server))).Select(server => server.Server)];
            losing.AddRange(losers.Select(server => (lane, server)));
            waited.AddRange(losers.Select(server => (lane, stays ? server : null, entry?.Revision.ToString() ?? StateText.Backend(options.Site, lane))).Distinct());
        }

        foreach ((int lane, string? server, _) in waited.Where(place => place.Server is not null))
        {
            await runtime.DrainAsync(lane, server!, cancellationToken);
        }

        bool cuts = await Waiting.WaitAsync(waited, cancellationToken);
        await EndAsync(next, losing, cuts ? waited : [], cancellationToken);
    }

    private async Task EndAsync(SiteState next, List<(int Lane, string Server)> losing, List<(int Lane, string? Server, string Revision)> cut, CancellationToken cancellationToken)
    {
        bool isLast = next.Lanes.All(lane => lane.Weight is not null);
        SiteState last = isLast ? next : next with { Generation = next.Generation + 1, Lanes = [.. next.Routed] };
        using SiteLock held = await SiteLock.TakeAsync(paths, context.TimeProvider, cancellationToken);
        await ThroughReloadsAsync(
            async () =>
            {
                SiteState now = await NowAsync(cancellationToken);
                SiteState expected = IsSame(now, last) ? last : next;
                await StillAsync(expected, cancellationToken);
                foreach ((int lane, string server) in losing)
                {
                    await runtime.StopAsync(lane, server, cancellationToken);
                }

                if (cut.Count > 0)
                {
                    await Waiting.CutAsync(cut, cancellationToken);
                }

                if (!isLast)
                {
                    await files.WriteAsync(last, context.Commands, cancellationToken);
                    await CommitAsync(expected, last, cancellationToken);
                }

                return last;
            },
            cancellationToken);
    }

    private async Task StartAsync(SiteState now, SiteState next, CancellationToken cancellationToken)
    {
        ILookup<string, ServerState> before = await runtime.ServersAsync(cancellationToken);
        foreach (LaneEntry lane in next.Lanes.Where(lane => now.Lanes.All(known => known.Number != lane.Number)))
        {
            // Nothing is sent to such a lane yet. What somebody left there would answer in the revision's place.
            foreach (ServerState stray in before[StateText.Backend(options.Site, lane.Number)].Where(server => !server.IsInMaintenance && lane.Places.All(place => place.Server != server.Server)))
            {
                await runtime.StopAsync(lane.Number, stray.Server, cancellationToken);
            }
        }

        foreach ((LaneEntry lane, Place place) in next.Routed.SelectMany(lane => lane.Places.Select(place => (lane, place))))
        {
            if (!Serves(before, lane, place))
            {
                await runtime.StartAsync(lane.Number, place, cancellationToken);
            }
        }

        ILookup<string, ServerState> after = await runtime.ServersAsync(cancellationToken);
        if (next.Routed.SelectMany(lane => lane.Places.Select(place => (Lane: lane, Place: place))).FirstOrDefault(one => !Serves(after, one.Lane, one.Place)) is { Place: { } missing } wrong)
        {
            throw new DeploymentException($"HAProxy did not take {wrong.Lane.Revision} at {missing.Address}:{missing.Instance.Port} as its server {StateText.Backend(options.Site, wrong.Lane.Number)}/{missing.Server}. Look what `show servers state` says of it.");
        }
    }

    private bool Serves(ILookup<string, ServerState> servers, LaneEntry lane, Place place) => servers[StateText.Backend(options.Site, lane.Number)]
        .Any(server => server.Server == place.Server && server.Address == place.Address && server.Port == place.Instance.Port && server.IsReady);

    // Whom testers reach must stand before it is named; both maps are read by each request anew.
    private async Task CommitAsync(SiteState now, SiteState next, CancellationToken cancellationToken)
    {
        if (options.TesterHeader is not null || options.TesterCookie is not null)
        {
            await runtime.ReplaceAsync(paths.Names, StateText.WriteNames(options.Site, next), () => Task.CompletedTask, cancellationToken);
        }

        await runtime.ReplaceAsync(paths.Map, StateText.Write(options.Site, next), () => StillAsync(now, cancellationToken), cancellationToken);
    }

    private async Task StillAsync(SiteState expected, CancellationToken cancellationToken)
    {
        SiteState now = await NowAsync(cancellationToken);
        Refuse(now, now.Application);
        if (!IsSame(now, expected))
        {
            throw new DeploymentException($"The site {options.Site} was changed by somebody else meanwhile; it follows {now.Table}. Look who, and try again.");
        }
    }

    private bool IsSame(SiteState one, SiteState other) => StateText.Write(options.Site, one).SequenceEqual(StateText.Write(options.Site, other));

    private async Task<SiteState> NowAsync(CancellationToken cancellationToken) => await runtime.StateAsync(cancellationToken)
        ?? throw new DeploymentException($"HAProxy doesn't know the site {options.Site}: write its configuration with {nameof(HAProxyRouter)}.{nameof(HAProxyRouter.WriteConfigurationAsync)}, and start HAProxy with `-f {paths.Configuration}`.");

    private void Refuse(SiteState now, string? application)
    {
        if (application is not null && now.Epochs.GetValueOrDefault(application) is var seen && context.Epoch < seen)
        {
            throw new DeploymentException($"The site {options.Site} follows a run with the epoch {seen} on {application}, and this one has {context.Epoch}: another run has overtaken it. Look at that run before anything is done here.");
        }
    }

    private async Task<HashSet<int>> BusyAsync(SiteState now, CancellationToken cancellationToken)
    {
        HashSet<int> busy = [];
        foreach (int lane in Enumerable.Range(1, options.Lanes).Except(now.Lanes.Select(lane => lane.Number)))
        {
            if ((await runtime.CountersAsync(lane, cancellationToken)).Any(counted => counted.InFlight > 0))
            {
                busy.Add(lane);
            }
        }

        return busy;
    }
}
