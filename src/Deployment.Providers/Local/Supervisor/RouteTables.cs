using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>The route tables on disk. The supervisor writes them; a router that starts reads its own.</summary>
internal static class RouteTables
{
    /// <summary>The table of a target; null when nothing was ever routed.</summary>
    public static RouteTable? Read(StateFolder folder, SupervisorState state, string target) =>
        state.Targets.GetValueOrDefault(target)?.Port is { } port ? AtomicFile.Read(folder.RouterTable(port, target), LocalJson.Default.RouteTable) : null;

    public static void Write(StateFolder folder, RouteTable table)
    {
        StateFolder.Create(folder.RouterTables(table.Port));
        AtomicFile.Write(folder.RouterTable(table.Port, table.Target), table, LocalJson.Default.RouteTable);
    }

    public static void Delete(StateFolder folder, int port, string target)
    {
        if (Directory.Exists(folder.RouterTables(port)))
        {
            AtomicFile.Delete(folder.RouterTable(port, target));
        }
    }
}
