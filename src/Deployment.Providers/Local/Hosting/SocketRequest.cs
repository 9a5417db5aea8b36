using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Hosting;

/// <summary>Asks another process for the listening sockets of a port, which it sends over a Unix socket that waits for them.</summary>
internal static class SocketRequest
{
    // Several may have to be asked before one answers, within the time that a router has for its start.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Whether this machine can: messages with descriptors are laid out here for 64-bit Linux only.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Asks; null when nobody is there or he has none.</summary>
    /// <param name="control">The control socket of the one who has them.</param>
    /// <param name="path">What is asked for there.</param>
    /// <param name="waiting">Where this process waits, a name that no other process uses.</param>
    /// <param name="inherited">Whether programs that this process starts get them, too.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="TimeoutException">Somebody is there and doesn't answer.</exception>
    [SupportedOSPlatform("linux")]
    public static async Task<ReceivedSockets?> AskAsync(string control, string path, string waiting, bool inherited, CancellationToken cancellationToken)
    {
        if (!File.Exists(control))
        {
            return null;
        }

        File.Delete(waiting);
        try
        {
            using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            server.Bind(new UnixDomainSocketEndPoint(waiting));
            server.Listen(1);
            if (await PostAsync(control, path, waiting, cancellationToken) is not { } processId)
            {
                return null;
            }

            // It answers once it has sent them, so nothing here waits.
            using Socket channel = server.Accept();
            return Receive(channel, new ReceivedSockets(processId), inherited);
        }
        finally
        {
            File.Delete(waiting);
        }
    }

    [SupportedOSPlatform("linux")]
    private static ReceivedSockets Receive(Socket channel, ReceivedSockets received, bool inherited)
    {
        try
        {
            while (DescriptorChannel.Receive(channel, inherited) is { } socket)
            {
                received.Add(socket.Text, socket.Descriptor);
            }

            return received;
        }
        catch
        {
            received.Close();
            throw;
        }
    }

    private static async Task<int?> PostAsync(string control, string path, string waiting, CancellationToken cancellationToken)
    {
        using HttpClient client = UnixHttp.Client(control);
        client.Timeout = Limit;
        try
        {
            using HttpResponseMessage answer = await client.PostAsJsonAsync(UnixHttp.Uri(path), new HandoverRequest(waiting), LocalJson.Default.HandoverRequest, cancellationToken);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync(LocalJson.Default.Int32, cancellationToken) : null;
        }
        catch (HttpRequestException)
        {
            // There was one, and it is gone.
            return null;
        }
        catch (TaskCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The process at '{control}' does not answer.", late);
        }
    }
}
