using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Deployment.Benchmarks.Measuring;

namespace Deployment.Benchmarks.Workload;

/// <summary>A web application that is ready as soon as it listens, and tells in each answer who it is and when that was.</summary>
internal static class ReadyServer
{
    internal static async Task RunAsync()
    {
        await WarmUpAsync();
        string version = Environment.GetEnvironmentVariable("VERSION")!;
        var listener = new TcpListener(IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT")!, CultureInfo.InvariantCulture));
        listener.Start();
        // The clock is the machine's, so another process can compare.
        string body = string.Create(CultureInfo.InvariantCulture, $"{version} {Clock.Now}");
        byte[] answer = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        while (true)
        {
            _ = AnswerAsync(await listener.AcceptTcpClientAsync(), answer);
        }
    }

    // What is compiled at the first request is the application's time and not the deployment's.
    private static async Task WarmUpAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        Task answering = AnswerAsync(await listener.AcceptTcpClientAsync(), "x"u8.ToArray());
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await client.GetStream().ReadExactlyAsync(new byte[1]);
        client.Close();
        await answering;
    }

    private static async Task AnswerAsync(TcpClient client, byte[] answer)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream());
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.Length == 0)
                {
                    await client.GetStream().WriteAsync(answer);
                }
            }
        }
    }
}
