using System.Net;
using System.Net.Sockets;
using Deployment.Providers.Local.Processes;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>Waits until an instance accepts connections.</summary>
internal static class InstanceReadiness
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    /// <summary>Null when it listens, else one sentence about what it did instead.</summary>
    public static async Task<string?> WaitAsync(RunningProcess process, int port, TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        while (true)
        {
            bool accepts = await AcceptsAsync(port, cancellationToken);
            // Asked after the connection: one that died just now did not accept it.
            if (process.Exit.IsCompleted)
            {
                int? code = await process.Exit;
                return $"exited early{(code is null ? "" : $" with exit code {code}")}.";
            }

            if (accepts)
            {
                return null;
            }

            if (timeProvider.GetElapsedTime(begin) >= limit)
            {
                return $"did not listen on 127.0.0.1:{port} within {limit.TotalSeconds} s. Have it listen on the port that {{port}} or PORT names.";
            }

            await Task.Delay(Look, timeProvider, cancellationToken);
        }
    }

    public static async Task<bool> AcceptsAsync(int port, CancellationToken cancellationToken)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
