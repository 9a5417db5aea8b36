using System.Text;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>HTTP/2, with many requests at once.</summary>
internal sealed class Http2LoadConnection(Uri at) : ILoadConnection
{
    private readonly Http2LoadClient _client = new();

    public void Dispose() => _client.Dispose();

    public async Task<LoadAnswer> SendAsync(LoadRequest request)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(at, request.Path))
        {
            Content = request.Body is null ? null : new OnceContent(Encoding.UTF8.GetBytes(request.Body)),
        };
        using HttpResponseMessage answer = await _client.SendAsync(message);
        return new LoadAnswer((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
