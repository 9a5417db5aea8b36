using System.Collections.Concurrent;

namespace Deployment.Integration.Tests.Support;

/// <summary>Users: they ask all the time, never repeat a request, and note each that fails or is answered by a version that may not serve.</summary>
internal sealed class RequestLoop : IAsyncDisposable
{
    /// <summary>How many ask at once; each has one request under way at most.</summary>
    internal const int Users = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task[] _users;
    private string[] _allowed = [];
    private long _answers;

    internal RequestLoop(int port, params string[] allowed)
    {
        _allowed = allowed;
        _users = [.. Enumerable.Range(0, Users).Select(_ => Task.Run(() => AskAsync(port)))];
    }

    internal long Answers => Interlocked.Read(ref _answers);

    internal IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Which versions may answer requests that are sent from now on.</summary>
    internal void Allow(params string[] versions) => Volatile.Write(ref _allowed, versions);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_users);
    }

    private async Task AskAsync(int port)
    {
        Connection? connection = null;
        while (!_stop.IsCancellationRequested)
        {
            string[] allowed = Volatile.Read(ref _allowed);
            try
            {
                using var patience = new CancellationTokenSource(Patience);
                connection ??= await Connection.OpenAsync(port, patience.Token);
                string version = await connection.GetAsync(patience.Token);
                Interlocked.Increment(ref _answers);
                if (connection.IsClosing)
                {
                    // A router that retires says so with its last answer; no request is under way then.
                    connection.Dispose();
                    connection = null;
                }

                if (!allowed.Contains(version))
                {
                    _failures.Enqueue($"{version} answered where only {string.Join(" or ", allowed)} may.");
                }
            }
            catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                _failures.Enqueue(error.Message);
                connection?.Dispose();
                connection = null;
            }

            await Task.Delay(Pause);
        }

        connection?.Dispose();
    }
}
