using Deployment.Providers.Local.Hosting;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Which targets a port serves, and what is kept of them: their tables, and their place in the supervisor's state.</summary>
internal sealed class PortTargets(StateFolder folder, StateStore store, HeldSockets sockets)
{
    internal IEnumerable<string> Of(int port) => Of(store.Current, port);

    /// <summary>Serves a target no longer on a port that serves others as well.</summary>
    internal void Leave(int port, string target)
    {
        RouteTables.Delete(folder, port, target);
        store.Update(state => Leave(state, target));
    }

    /// <summary>Forgets targets, and the port with the last of them. A target that came to the port meanwhile keeps its table, and the router's place.</summary>
    internal async Task ForgetAsync(int port, params string[] targets)
    {
        foreach (string target in targets)
        {
            RouteTables.Delete(folder, port, target);
        }

        bool last = store.Update(state =>
        {
            foreach (string target in targets)
            {
                Leave(state, target);
            }

            if (Of(state, port).Any())
            {
                return false;
            }

            state.Routers.Remove(port);
            return true;
        });
        if (!last)
        {
            return;
        }

        await sockets.DropAsync(port);
        if (Directory.Exists(folder.RouterTables(port)))
        {
            Directory.Delete(folder.RouterTables(port), recursive: true);
        }

        File.Delete(folder.RouterSocket(port));
        foreach (string left in folder.LeftSockets(port))
        {
            File.Delete(left);
        }
    }

    private static IEnumerable<string> Of(SupervisorState state, int port) => state.Targets.Where(entry => entry.Value.Port == port).Select(entry => entry.Key);

    private static void Leave(SupervisorState state, string target)
    {
        if (state.Targets.GetValueOrDefault(target) is { } present)
        {
            present.Port = null;
            if (present.Revisions.Count == 0)
            {
                state.Targets.Remove(target);
            }
        }
    }
}
