using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>
/// Many connections that send without a pause and repeat nothing. A request failed when its connection was refused or reset, when its answer was
/// late, cut short or wrong, or when it came from a revision that should not have answered.
/// </summary>
/// <param name="connect">Opens a connection of some protocol.</param>
/// <param name="next">The request for a client and its number.</param>
/// <param name="serving">Who may answer when.</param>
internal sealed class LoadGenerator(Func<Task<ILoadConnection>> connect, Func<int, int, LoadRequest> next, ServingTimes serving)
{
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentDictionary<string, int> _right = new(StringComparer.Ordinal);
    private int _answered;
    private int _connected;
    private int _overSwitches;

    /// <summary>What answers take longer is late.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How many requests a connection is used for.</summary>
    public int RequestsOfConnection { get; init; } = int.MaxValue;

    /// <summary>How many requests a connection has under way at once.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>Whether all answers of a connection come from the revision that gave the first, which may go on with it after a switch.</summary>
    public bool Stays { get; init; }

    public IReadOnlyCollection<string> Failures => _failures;

    public int Answered => Volatile.Read(ref _answered);

    /// <summary>How many connections were opened.</summary>
    public int Connected => Volatile.Read(ref _connected);

    /// <summary>How many right answers each version gave.</summary>
    public IReadOnlyDictionary<string, int> Versions => _right;

    /// <summary>How many right answers came from the old revision while the new one was being given its traffic.</summary>
    public int OverSwitches => Volatile.Read(ref _overSwitches);

    /// <summary>Sends until it is told to stop; what is under way then is finished and counts.</summary>
    public Task RunAsync(int connections, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(client => Task.Run(() => ClientAsync(client, stop), CancellationToken.None)));

    private async Task ClientAsync(int client, CancellationToken stop)
    {
        var numbers = new Numbers();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                long began = ServingTimes.Now;
                using ILoadConnection connection = await connect().WaitAsync(Late, CancellationToken.None);
                Interlocked.Increment(ref _connected);
                var use = new LoadUse(connection, began, RequestsOfConnection);
                await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => StreamAsync(client, numbers, use, stop)));
                if (!use.IsBroken)
                {
                    await connection.FinishAsync().WaitAsync(Late, CancellationToken.None);
                }
            }
            catch (Exception error) when (IsEnd(error))
            {
                Fail($"client {client}, connection before request {numbers.Last}", error);
            }
        }
    }

    private async Task StreamAsync(int client, Numbers numbers, LoadUse use, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && use.TryBegin())
        {
            LoadRequest request = next(client, numbers.Next());
            try
            {
                await OneAsync(use, request);
            }
            catch (Exception error) when (IsEnd(error))
            {
                use.Break();
                Fail($"client {client}, request {numbers.Last}, {request.Method} {request.Path}", error);
            }
        }
    }

    private async Task OneAsync(LoadUse use, LoadRequest request)
    {
        long begin = ServingTimes.Now;
        LoadAnswer answer = await use.Connection.SendAsync(request).WaitAsync(Late);
        long end = ServingTimes.Now;
        Interlocked.Increment(ref _answered);
        string version = answer.Body.EndsWith(request.Rest, StringComparison.Ordinal) ? answer.Body[..^request.Rest.Length] : answer.Body;
        if (answer.Status != 200 || answer.Body != version + request.Rest)
        {
            _failures.Enqueue($"{request.Method} {request.Path}: {answer.Status} {(answer.Body.Length > 80 ? answer.Body[..80] : answer.Body)}");
        }
        else if (!serving.May(version, Stays ? use.Began : begin, end) || (Stays && !use.IsOf(version)))
        {
            _failures.Enqueue($"{request.Method} {request.Path}: answered by {version}, which should not serve");
        }
        else
        {
            _right.AddOrUpdate(version, 1, (_, count) => count + 1);
            if (serving.BeganMeanwhile(version, begin, end))
            {
                Interlocked.Increment(ref _overSwitches);
            }
        }

        if (answer.Closes)
        {
            use.Close();
        }
    }

    private static bool IsEnd(Exception error) => error is IOException or SocketException or TimeoutException or HttpRequestException or WebSocketException;

    private void Fail(string what, Exception error) => _failures.Enqueue($"{what}: {error.GetType().Name} {error.Message} {error.InnerException?.Message}");

    private sealed class Numbers
    {
        private int _next;

        public int Last => Volatile.Read(ref _next) - 1;

        public int Next() => Interlocked.Increment(ref _next) - 1;
    }
}
