using System.Net;
using System.Net.Sockets;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Gives instances ports that no client's own connection is likely to have: below the range that Linux takes those from.</summary>
internal static class PortPool
{
    private const int First = 20_000;
    private const int Count = 12_768;

    /// <summary>The next free port. The search goes round, so that a port is not given away again soon.</summary>
    /// <exception cref="DeploymentException">None is free.</exception>
    public static int Take(SupervisorState state, int start)
    {
        HashSet<int> taken = [.. state.Instances().Select(instance => instance.Port)];
        int next = state.NextPort is >= First and < First + Count ? state.NextPort : First + (int)((uint)start % Count);
        for (int tried = 0; tried < Count; tried++)
        {
            int port = next;
            next = First + ((next - First + 1) % Count);
            if (!taken.Contains(port) && IsFree(port))
            {
                state.NextPort = next;
                return port;
            }
        }

        throw new DeploymentException($"No port of {First} to {First + Count - 1} is free for an instance.");
    }

    /// <summary>Whether nobody listens there.</summary>
    public static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Any, port));
            probe.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
