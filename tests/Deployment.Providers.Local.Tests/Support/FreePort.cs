using System.Net;
using System.Net.Sockets;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>Ports that nobody has at this moment.</summary>
internal static class FreePort
{
    public static int Of(ref int next)
    {
        while (true)
        {
            int port = Interlocked.Increment(ref next);
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
