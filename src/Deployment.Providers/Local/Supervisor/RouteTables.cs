using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Store.Files;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The route tables on disk. The supervisor writes them; a router that starts reads its own.</summary>
internal static class RouteTables
{
    /// <summary>The table of a target; null when nothing was ever routed.</summary>
    public static RouteTable? Read(StateFolder folder, SupervisorState state, string target) =>
        state.Targets.GetValueOrDefault(target)?.Port is { } port ? StateFile.Read(folder.RouterTable(port, target), LocalJson.Default.RouteTable) : null;

    /// <summary>The request with what it leaves out: what stands on the target, then what its port's router does already, then the defaults.</summary>
    public static RouteRequest Complete(StateFolder folder, SupervisorState state, string target, RouteRequest request)
    {
        RouteTable? own = Read(folder, state, target);
        return request with
        {
            Rules = request.Rules ?? own?.Rules ?? new SiteRules(),
            // What clients see belongs to the port, whoever of its targets said it.
            Router = request.Router ?? (own ?? (RouteTable.ReadAll(folder, request.Port) is [{ } neighbour, ..] ? neighbour : null))?.Router,
            Upstream = request.Upstream ?? own?.Upstream,
        };
    }

    public static void Write(StateFolder folder, RouteTable table)
    {
        StateFolder.Create(folder.RouterTables(table.Port));
        StateFile.Write(folder.RouterTable(table.Port, table.Target), table, LocalJson.Default.RouteTable);
    }

    public static void Delete(StateFolder folder, int port, string target)
    {
        if (Directory.Exists(folder.RouterTables(port)))
        {
            AtomicFile.Delete(folder.RouterTable(port, target));
        }
    }
}
