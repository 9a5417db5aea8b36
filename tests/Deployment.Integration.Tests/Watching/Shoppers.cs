using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace Deployment.Integration.Tests.Watching;

/// <summary>Users who buy at a steady rate, each once, over new connections and kept ones as HTTP clients do. Who got an error when is noted.</summary>
internal sealed class Shoppers : IAsyncDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<(TimeSpan At, string Version)> _bad = new();
    private readonly ConcurrentQueue<string> _lost = new();
    private readonly long _begin = TimeProvider.System.GetTimestamp();
    private readonly Uri _shop;
    private readonly Task _asking;
    private long _asked;

    internal Shoppers(int port, int perSecond)
    {
        _shop = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/buy"));
        _asking = Task.Run(() => AskAsync(TimeSpan.FromSeconds(1.0 / perSecond)));
    }

    internal long Asked => Interlocked.Read(ref _asked);

    /// <summary>Who got an error from which version, in the order of time.</summary>
    internal IReadOnlyList<(TimeSpan At, string Version)> Bad => [.. _bad.OrderBy(bad => bad.At)];

    /// <summary>What came back neither well nor as an error of a version.</summary>
    internal IReadOnlyCollection<string> Lost => _lost;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task AskAsync(TimeSpan pause)
    {
        var pending = new ConcurrentDictionary<Task, bool>();
        using var timer = new PeriodicTimer(pause);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                Task buying = BuyAsync();
                pending[buying] = true;
                _ = buying.ContinueWith(done => pending.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(pending.Keys);
        }
    }

    private async Task BuyAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(_shop);
            Interlocked.Increment(ref _asked);
            if (answer.StatusCode == HttpStatusCode.InternalServerError)
            {
                _bad.Enqueue((TimeProvider.System.GetElapsedTime(_begin), await answer.Content.ReadAsStringAsync()));
            }
            else if (!answer.IsSuccessStatusCode)
            {
                _lost.Enqueue($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            _lost.Enqueue(error.Message);
        }
    }
}
