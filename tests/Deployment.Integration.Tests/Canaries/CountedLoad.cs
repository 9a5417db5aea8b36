using System.Collections.Concurrent;
using System.Net.Sockets;
using Deployment.Integration.Tests.Support;

namespace Deployment.Integration.Tests.Canaries;

/// <summary>
/// Users who ask without a pause and repeat nothing: some over a connection that they keep, some over a new one each time, some for what takes
/// a while. Every request that fails, or is answered by a version that may not serve, is noted; the others are counted by version.
/// </summary>
internal sealed class CountedLoad : IAsyncDisposable
{
    private const int Users = 24;
    private const string Quick = "/";

    /// <summary>What a slow request takes at most.</summary>
    internal static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(1200 + (70 * Users));

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly int _port;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task[] _users;
    private ConcurrentDictionary<string, int> _counts = new();
    private TaskCompletionSource? _alone;
    private string[] _allowed;
    private int _underWay;
    private int _answers;

    internal CountedLoad(int port, params string[] allowed)
        : this(port, 1200, allowed)
    {
    }

    /// <summary>With slow requests that take so many milliseconds, and up to two and a half times as long.</summary>
    internal CountedLoad(int port, int slow, params string[] allowed)
    {
        _port = port;
        _allowed = allowed;
        _users = [.. Enumerable.Range(0, Users).Select(user => Task.Run(() => AskAsync(user, slow)))];
    }

    internal IReadOnlyCollection<string> Failures => _failures;

    internal int Answers => Volatile.Read(ref _answers);

    /// <summary>Which versions may answer requests that are sent from now on.</summary>
    internal void Allow(params string[] versions) => Volatile.Write(ref _allowed, versions);

    /// <summary>The share of a version, in percent, of so many requests of all users.</summary>
    internal async Task<double> ShareAmongManyAsync(string version, int requests)
    {
        var counts = new ConcurrentDictionary<string, int>();
        Volatile.Write(ref _counts, counts);
        await Wait.UntilAsync(() => counts.Values.Sum() >= requests, "the users ask");
        return Share(counts, version);
    }

    /// <summary>The same over one connection that is kept, while nobody else asks.</summary>
    internal async Task<double> ShareOnOneConnectionAsync(string version, int requests)
    {
        var alone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _alone, alone);
        try
        {
            await Wait.UntilAsync(() => Volatile.Read(ref _underWay) == 0, "the others have their answers");
            var counts = new ConcurrentDictionary<string, int>();
            using Connection connection = await Connection.OpenAsync(_port, _stop.Token);
            for (int i = 0; i < requests; i++)
            {
                await OnceAsync(connection, Quick, counts);
            }

            return Share(counts, version);
        }
        finally
        {
            Volatile.Write(ref _alone, null);
            alone.SetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_users);
        _stop.Dispose();
    }

    private static double Share(ConcurrentDictionary<string, int> counts, string version) => 100.0 * counts.GetValueOrDefault(version) / counts.Values.Sum();

    private async Task AskAsync(int user, int slow)
    {
        // Each takes another time, so that the slow ones don't all begin and end together.
        string path = user % 2 == 1 ? $"/slow?ms={slow + (slow * 7 * user / 120)}" : Quick;
        Connection? connection = null;
        while (!_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _underWay);
            if (Volatile.Read(ref _alone) is { } alone)
            {
                Interlocked.Decrement(ref _underWay);
                await alone.Task;
                continue;
            }

            bool keeps = user % 4 != 2;
            try
            {
                connection ??= await Connection.OpenAsync(_port, CancellationToken.None);
                await OnceAsync(connection, path, Volatile.Read(ref _counts));
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                _failures.Enqueue($"{path}: {error.Message}");
                keeps = false;
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }

            if (!keeps)
            {
                connection?.Dispose();
                connection = null;
            }
        }

        connection?.Dispose();
    }

    private async Task OnceAsync(Connection connection, string path, ConcurrentDictionary<string, int> counts)
    {
        string[] allowed = Volatile.Read(ref _allowed);
        using var patience = new CancellationTokenSource(Patience);
        string version = (await connection.GetAsync(path, patience.Token)).TrimEnd(':');
        Interlocked.Increment(ref _answers);
        counts.AddOrUpdate(version, 1, (_, count) => count + 1);
        if (!allowed.Contains(version))
        {
            _failures.Enqueue($"{version} answered where only {string.Join(" or ", allowed)} may.");
        }
    }
}
