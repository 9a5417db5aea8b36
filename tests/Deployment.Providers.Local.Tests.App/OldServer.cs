using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Deployment.Providers.Local.Tests.App;

/// <summary>A server of HTTP/1.0, as in many a standard library: it closes the connection after each answer without saying so.</summary>
internal static class OldServer
{
    public static async Task ServeAsync()
    {
        var listener = new TcpListener(IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT")!, CultureInfo.InvariantCulture));
        listener.Start();
        while (true)
        {
            _ = AnswerAsync(await listener.AcceptTcpClientAsync());
        }
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream());
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
            }

            await client.GetStream().WriteAsync("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold"u8.ToArray());
        }
    }
}
