using System.Text;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>HTTP/1.1 with keep-alive.</summary>
internal sealed class RawLoadConnection(RawClient client) : ILoadConnection
{
    public static async Task<ILoadConnection> ConnectAsync(int port) => new RawLoadConnection(await RawClient.ConnectAsync(port));

    public void Dispose() => client.Dispose();

    public async Task<LoadAnswer> SendAsync(LoadRequest request)
    {
        string body = request.Body is null ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(request.Body)}\r\n";
        RawAnswer answer = await client.SendAsync($"{request.Method} {request.Path} HTTP/1.1\r\nHost: shop.test\r\n{body}\r\n{request.Body}");
        return new LoadAnswer(answer.Status, answer.Body, answer.Header("Connection") == "close");
    }
}
