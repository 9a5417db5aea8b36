using System.Globalization;
using System.Net.Sockets;
using Deployment.Providers.Local.Hosting;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// How one router takes a port over from another without a moment in which nobody listens: it asks for the listening sockets, serves,
/// and only then has the other one retire. Where the other one is dead, the supervisor has kept them.
/// </summary>
internal sealed class Takeover(StateFolder folder, int port, int? predecessor, IReadOnlyDictionary<string, Socket> sockets)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>By address and port; empty when nobody has any.</summary>
    public IReadOnlyDictionary<string, Socket> Sockets { get; } = sockets;

    /// <summary>Gets the sockets of the router that has the port now, or had it until it died, if there is one.</summary>
    public static async Task<Takeover> BeginAsync(StateFolder folder, int port, CancellationToken cancellationToken)
    {
        Takeover nobody = new(folder, port, null, new Dictionary<string, Socket>());
        if (!SocketRequest.IsSupported)
        {
            // The port is opened anew.
            return nobody;
        }

        string waiting = folder.RouterHandover(port, Environment.ProcessId);
        try
        {
            // Inherited, because .NET hangs up those that aren't when it closes them, for everybody who has them.
            if (await SocketRequest.AskAsync(folder.RouterSocket(port), "/handover", waiting, inherited: true, cancellationToken) is { } router)
            {
                return new Takeover(folder, port, router.ProcessId, Open(router));
            }

            string kept = string.Create(CultureInfo.InvariantCulture, $"/routers/{port}/sockets");
            return await SocketRequest.AskAsync(folder.SupervisorSocket, kept, waiting, inherited: true, cancellationToken) is { } supervisor
                ? new Takeover(folder, port, null, Open(supervisor))
                : nobody;
        }
        catch (TimeoutException)
        {
            return nobody;
        }
    }

    /// <summary>Sends sockets to the process that asked for them.</summary>
    public static void Send(string path, ListeningSockets sockets)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new RefusedException(Microsoft.AspNetCore.Http.StatusCodes.Status501NotImplemented, "Sockets are handed over on Linux only.");
        }

        using var channel = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        channel.Connect(new UnixDomainSocketEndPoint(path));
        foreach ((string name, Socket socket) in sockets.All)
        {
            DescriptorChannel.Send(channel, name, socket);
        }
    }

    /// <summary>Has the other router retire, now that this one serves.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (predecessor is { } other)
        {
            using HttpClient client = UnixHttp.Client(folder.RouterOwnSocket(port, other));
            client.Timeout = Limit;
            using HttpResponseMessage answer = await client.PostAsync(UnixHttp.Uri("/retire"), null, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static Dictionary<string, Socket> Open(ReceivedSockets received) =>
        received.Descriptors.ToDictionary(entry => entry.Key, entry => new Socket(new SafeSocketHandle(entry.Value, ownsHandle: true)), StringComparer.Ordinal);
}
