using Deployment.Providers.HAProxy.Files;
using Deployment.Providers.HAProxy.Runtime;
using Deployment.Providers.HAProxy.Sites;
using Deployment.Routing;

namespace Deployment.Providers.HAProxy.Switching;

/// <summary>Looks what a site does, and what stands in the way of a deployment.</summary>
internal sealed class SiteReader(HAProxyOptions options, SiteRuntime runtime, SiteFiles files, SitePaths paths)
{
    private static readonly Version _oldest = new(2, 4);

    public async Task<RouterState> ReadAsync(CancellationToken cancellationToken)
    {
        (Version version, _) = await runtime.InfoAsync(cancellationToken);
        if (version < _oldest)
        {
            return new RouterState { Problems = [$"HAProxy {version} is too old: {_oldest} or a later one can replace maps in one step."] };
        }

        if (await runtime.StateAsync(cancellationToken) is not { } state)
        {
            return new RouterState { Problems = [$"HAProxy runs without the site {options.Site}: write its configuration with {nameof(HAProxyRouter)}.{nameof(HAProxyRouter.WriteConfigurationAsync)}, and start or reload HAProxy with `-f {paths.Configuration}`."] };
        }

        ILookup<string, ServerState> servers = await runtime.ServersAsync(cancellationToken);
        return new RouterState
        {
            Table = state.Table,
            InMaintenance = state.Page is not null,
            Epochs = state.Epochs,
            Problems = [.. SettingProblems(servers), .. ServerProblems(state, servers), .. FileProblems(state)],
        };
    }

    private IEnumerable<string> SettingProblems(ILookup<string, ServerState> servers)
    {
        const string Reload = $"Write the configuration ({nameof(HAProxyRouter)}.{nameof(HAProxyRouter.WriteConfigurationAsync)}), and reload HAProxy.";
        int lanes = Enumerable.Range(1, options.Lanes).Count(lane => servers[StateText.Backend(options.Site, lane)].Count() >= files.Configuration.Servers);
        if (lanes < options.Lanes)
        {
            yield return $"HAProxy has {lanes} lanes of {options.InstancesPerLane} instances for the site {options.Site}, instead of {options.Lanes}. {Reload}";
        }
        else if (servers[files.Configuration.Nothing].All(server => server.Server != files.Configuration.Mark))
        {
            yield return $"HAProxy runs with other settings of the site {options.Site} than these. {Reload}";
        }
    }

    private IEnumerable<string> ServerProblems(SiteState state, ILookup<string, ServerState> servers)
    {
        foreach ((LaneEntry lane, Place place) in state.Routed.SelectMany(lane => lane.Places.Select(place => (lane, place))))
        {
            string backend = StateText.Backend(options.Site, lane.Number);
            ServerState? server = servers[backend].FirstOrDefault(server => server.Server == place.Server);
            if (server is null || server.Address != place.Address || server.Port != place.Instance.Port || !server.IsReady)
            {
                yield return $"The server {backend}/{place.Server} should be {lane.Revision} at {place.Address}:{place.Instance.Port}, and is {(server is null ? "not there" : $"at {server.Address}:{server.Port}{(server.IsReady ? "" : ", taken out by hand")}")}: {(server is { IsReady: false } ? $"`set server {backend}/{place.Server} state ready` brings it back" : "route once more")}.";
            }
        }

        if (!state.IsWhole)
        {
            yield return $"The shares of the site {options.Site} in HAProxy are not those that it says it follows: route once more.";
        }
    }

    private IEnumerable<string> FileProblems(SiteState state)
    {
        if (files.Problem() is { } problem)
        {
            yield return problem;
        }

        // Files are written first, so those of a switch that broke off are one ahead; the next switch mends that.
        SiteState? written = files.Read();
        bool agree = written is not null && (written.Generation == state.Generation + 1 || StateText.Write(options.Site, written).SequenceEqual(StateText.Write(options.Site, state)));
        if (!agree)
        {
            yield return $"HAProxy follows something else than '{paths.Map}' says, and would follow that after a reload: `sh {paths.Script} save` writes what it follows.";
        }
    }
}
