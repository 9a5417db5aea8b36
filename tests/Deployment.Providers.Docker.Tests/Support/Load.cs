using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>
/// Users of a web application: each asks again as soon as it has an answer and repeats nothing. Connections are kept, and a fresh one is
/// taken by every user after so many requests, so that a lost listener is seen too.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private static readonly byte[] _order = "an order"u8.ToArray();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<double> _times = new();
    private readonly Uri _address;
    private readonly LoadOptions _options;
    private readonly Task[] _users;
    private int _count;

    private Load(Uri address, LoadOptions options)
    {
        _address = address;
        _options = options;
        _users = [.. Enumerable.Range(0, options.Users).Select(user => Task.Run(() => AskAsync(user * options.Apart)))];
    }

    /// <summary>How many requests have an answer, whatever it was.</summary>
    public int Count => Volatile.Read(ref _count);

    public LoadReport Report => new(
        new Dictionary<string, int>(_answers, StringComparer.Ordinal), new Dictionary<string, int>(_failures, StringComparer.Ordinal), [.. _times.Order()]);

    /// <summary>Begins, and returns once the first answers came.</summary>
    public static async Task<Load> StartAsync(string address, LoadOptions? options = null)
    {
        var load = new Load(new Uri(address), options ?? new());
        try
        {
            await load.MoreAsync(10);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for so many more answers.</summary>
    public Task MoreAsync(int count)
    {
        int until = Count + count;
        return Until.TrueAsync(() => Count >= until, $"{count} more answers. {Report}");
    }

    /// <summary>Waits until what is under way has ended, then tells.</summary>
    public async Task<LoadReport> StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_users);
        return Report;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task AskAsync(TimeSpan begin)
    {
        await Task.Delay(begin, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!_stop.IsCancellationRequested)
        {
            // Of its own for each user: nothing else uses the connection, so nothing is repeated behind the scenes.
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1, UseProxy = false }) { Timeout = _options.Late };
            for (int request = 0; request < _options.RequestsOfConnection && !_stop.IsCancellationRequested; request++)
            {
                if (!await OneAsync(http))
                {
                    break;
                }

                if (_options.Pause > TimeSpan.Zero)
                {
                    await Task.Delay(_options.Pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    private async Task<bool> OneAsync(HttpClient http)
    {
        long begin = Stopwatch.GetTimestamp();
        try
        {
            // A body is posted: neither a client nor a router repeats that on another connection, as they do with GET where the old one is closed.
            using var content = new ByteArrayContent(_order);
            content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
            using HttpResponseMessage answer = await http.PostAsync(_address, content);
            string version = answer.Headers.TryGetValues("X-Version", out IEnumerable<string>? found) ? found.First() : "?";
            await answer.Content.ReadAsByteArrayAsync();
            _times.Enqueue(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            string key = string.Create(CultureInfo.InvariantCulture, $"{version} {(int)answer.StatusCode}");
            _answers.AddOrUpdate(key, 1, (_, count) => count + 1);
            if (!answer.IsSuccessStatusCode)
            {
                Fail(key);
            }

            // Routers close a connection after an error of theirs without a word.
            return answer.IsSuccessStatusCode && answer.Headers.ConnectionClose != true;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
        {
            Exception inner = error.GetBaseException();
            Fail(error is TaskCanceledException ? "late" : $"{inner.GetType().Name}: {inner.Message}");
            return false;
        }
        finally
        {
            Interlocked.Increment(ref _count);
        }
    }

    private void Fail(string reason) => _failures.AddOrUpdate(reason, 1, (_, count) => count + 1);
}
