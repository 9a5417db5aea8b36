using System.Net;
using System.Net.Sockets;

namespace Deployment.Providers.HAProxy.Tests.Support;

/// <summary>Ports that nobody listens on.</summary>
internal static class Ports
{
    public static int[] Free(int count)
    {
        // Held all at once, so that none is given twice.
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        try
        {
            foreach (TcpListener listener in listeners)
            {
                listener.Start();
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (TcpListener listener in listeners)
            {
                listener.Dispose();
            }
        }
    }
}
