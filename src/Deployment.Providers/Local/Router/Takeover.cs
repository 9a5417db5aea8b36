using System.Net.Http.Json;
using System.Net.Sockets;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>
/// How one router takes a port over from another without a moment in which nobody listens: it asks for the listening sockets, serves,
/// and only then has the other one retire.
/// </summary>
internal sealed class Takeover(StateFolder folder, int port, int? predecessor, IReadOnlyDictionary<string, Socket> sockets)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>By address and port; empty when no other router answered.</summary>
    public IReadOnlyDictionary<string, Socket> Sockets { get; } = sockets;

    /// <summary>Gets the sockets of the router that has the port now, if there is one.</summary>
    public static async Task<Takeover> BeginAsync(StateFolder folder, int port, CancellationToken cancellationToken)
    {
        Takeover nobody = new(folder, port, null, new Dictionary<string, Socket>());
        // sendmsg with descriptors is laid out here for 64-bit Linux only; elsewhere the port is opened anew.
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || !File.Exists(folder.RouterSocket(port)))
        {
            return nobody;
        }

        string path = folder.RouterHandover(port, Environment.ProcessId);
        File.Delete(path);
        using var waiting = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        waiting.Bind(new UnixDomainSocketEndPoint(path));
        waiting.Listen(1);
        if (await AskAsync(folder.RouterSocket(port), path, cancellationToken) is not { } other)
        {
            return nobody;
        }

        // It answers once it has sent them, so nothing here waits.
        using Socket channel = waiting.Accept();
        Dictionary<string, Socket> sockets = new(StringComparer.Ordinal);
        while (DescriptorChannel.Receive(channel) is { } received)
        {
            sockets[received.Text] = received.Socket;
        }

        return new Takeover(folder, port, other, sockets);
    }

    /// <summary>Sends sockets to the router that asked for them.</summary>
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

    private static async Task<int?> AskAsync(string control, string path, CancellationToken cancellationToken)
    {
        using HttpClient client = UnixHttp.Client(control);
        client.Timeout = Limit;
        try
        {
            using HttpResponseMessage answer = await client.PostAsJsonAsync(UnixHttp.Uri("/handover"), new HandoverRequest(path), LocalJson.Default.HandoverRequest, cancellationToken);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync(LocalJson.Default.Int32, cancellationToken) : null;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // There was one, and it is gone.
            return null;
        }
    }
}
