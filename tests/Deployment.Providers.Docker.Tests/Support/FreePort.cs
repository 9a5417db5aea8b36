using System.Net;
using System.Net.Sockets;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>Ports that nobody has at this moment, below those that the kernel and Docker give out by themselves, and other than those of the tests that run beside.</summary>
internal static class FreePort
{
    private static int _next = 20_000 + (Random.Shared.Next(0, 850) * 10);

    public static int Next()
    {
        while (true)
        {
            int port = Interlocked.Increment(ref _next);
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
