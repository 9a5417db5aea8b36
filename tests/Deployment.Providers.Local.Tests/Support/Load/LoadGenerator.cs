using System.Collections.Concurrent;
using System.Net.Sockets;

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
    private int _answered;
    private int _connected;

    /// <summary>What answers take longer is late.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How many requests a connection is used for.</summary>
    public int RequestsOfConnection { get; init; } = int.MaxValue;

    public IReadOnlyCollection<string> Failures => _failures;

    public int Answered => Volatile.Read(ref _answered);

    /// <summary>How many connections were opened.</summary>
    public int Connected => Volatile.Read(ref _connected);

    /// <summary>Sends until it is told to stop; what is under way then is finished and counts.</summary>
    public Task RunAsync(int connections, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(client => Task.Run(() => ClientAsync(client, stop), CancellationToken.None)));

    private async Task ClientAsync(int client, CancellationToken stop)
    {
        int number = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using ILoadConnection connection = await connect();
                Interlocked.Increment(ref _connected);
                bool open = true;
                for (int sent = 0; open && sent < RequestsOfConnection && !stop.IsCancellationRequested; sent++)
                {
                    open = await OneAsync(connection, next(client, number++));
                }
            }
            catch (Exception error) when (error is IOException or SocketException or TimeoutException)
            {
                _failures.Enqueue($"client {client}, request {number}: {error.GetType().Name} {error.Message}");
            }
        }
    }

    private async Task<bool> OneAsync(ILoadConnection connection, LoadRequest request)
    {
        long begin = ServingTimes.Now;
        LoadAnswer answer = await connection.SendAsync(request).WaitAsync(Late);
        long end = ServingTimes.Now;
        Interlocked.Increment(ref _answered);
        string version = answer.Body.EndsWith(request.Rest, StringComparison.Ordinal) ? answer.Body[..^request.Rest.Length] : answer.Body;
        if (answer.Status != 200 || answer.Body != version + request.Rest)
        {
            _failures.Enqueue($"{request.Method} {request.Path}: {answer.Status} {(answer.Body.Length > 80 ? answer.Body[..80] : answer.Body)}");
        }
        else if (!serving.May(version, begin, end))
        {
            _failures.Enqueue($"{request.Method} {request.Path}: answered by {version}, which should not serve");
        }

        return !answer.Closes;
    }
}
