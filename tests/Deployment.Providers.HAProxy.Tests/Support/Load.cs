using System.Collections.Concurrent;

namespace Deployment.Providers.HAProxy.Tests.Support;

/// <summary>
/// Requests without a pause, from several clients, while something else goes on. Some clients open a connection for each request. Most of them post, because
/// neither HAProxy nor a client repeats that where a connection is closed without an answer: with GET a lost request would not be seen.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Clients = 6;
    private const int GettingClients = 2;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _answers = new();
    private readonly Task[] _clients;

    public Load(Uri url)
    {
        _clients = [.. Enumerable.Range(0, Clients).Select(client => Task.Run(() => AskAsync(url, client < GettingClients ? HttpMethod.Get : HttpMethod.Post, client % 2 == 0)))];
    }

    /// <summary>How often who answered; what failed stands there as what it was.</summary>
    public IReadOnlyDictionary<string, int> Answers => _answers;

    public int Requests => _answers.Values.Sum();

    public IEnumerable<string> Failures => _answers.Keys.Where(answer => !answer.StartsWith("shop_", StringComparison.Ordinal));

    public Task MoreAsync(int requests)
    {
        int before = Requests;
        return Until.TrueAsync(() => Requests >= before + requests, "requests are answered");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
        _stop.Dispose();
    }

    private async Task AskAsync(Uri url, HttpMethod method, bool keepsAlive)
    {
        using var http = new HttpClient(new SocketsHttpHandler()) { Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.ConnectionClose = !keepsAlive;
        while (!_stop.IsCancellationRequested)
        {
            string by;
            try
            {
                using var request = new HttpRequestMessage(method, url) { Content = method == HttpMethod.Post ? new StringContent("an order") : null };
                using HttpResponseMessage answer = await http.SendAsync(request);
                by = answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : answer.StatusCode.ToString();
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                by = error.InnerException?.Message ?? error.Message;
            }

            _answers.AddOrUpdate(by, 1, (_, count) => count + 1);
        }
    }
}
