using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The route tables on disk. The supervisor writes them; a router that starts reads its own.</summary>
internal static class RouteTables
{
    /// <summary>The table of a target; null when nothing was ever routed.</summary>
    public static RouteTable? Read(StateFolder folder, SupervisorState state, string target) =>
        state.Targets.GetValueOrDefault(target)?.Router is { } router ? AtomicFile.Read(folder.RouterTable(router.Port), LocalJson.Default.RouteTable) : null;

    public static void Write(StateFolder folder, RouteTable table) =>
        AtomicFile.Write(folder.RouterTable(table.Port), table, LocalJson.Default.RouteTable);
}
