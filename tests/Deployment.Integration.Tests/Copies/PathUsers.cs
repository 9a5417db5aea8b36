using System.Collections.Concurrent;
using System.Net.Sockets;
using Deployment.Integration.Tests.Support;

namespace Deployment.Integration.Tests.Copies;

/// <summary>Users who ask for one path, or post to it, all the time, and repeat nothing. Each answer that is not as expected is noted, and the slowest one.</summary>
internal sealed class PathUsers : IAsyncDisposable
{
    private const int Users = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Task[] _users;
    private string[] _expected;
    private long _answers;
    private long _slowest;

    /// <param name="port">The public port.</param>
    /// <param name="path">What they ask for.</param>
    /// <param name="body">What they post there; null where they only get.</param>
    /// <param name="expected">The bodies that may answer.</param>
    internal PathUsers(int port, string path, string? body, params string[] expected)
    {
        _expected = expected;
        _users = [.. Enumerable.Range(0, Users).Select(_ => Task.Run(() => AskAsync(port, path, body)))];
    }

    internal long Answers => Interlocked.Read(ref _answers);

    internal TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref _slowest));

    internal IReadOnlyCollection<string> Failures => _failures;

    internal void Expect(params string[] bodies) => Volatile.Write(ref _expected, bodies);

    internal Task MoreAsync(int answers)
    {
        long before = Answers;
        return Wait.UntilAsync(() => Answers >= before + answers, "users are answered");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_users);
        _stop.Dispose();
    }

    private async Task AskAsync(int port, string path, string? body)
    {
        Connection? connection = null;
        while (!_stop.IsCancellationRequested)
        {
            string[] expected = Volatile.Read(ref _expected);
            long begin = TimeProvider.System.GetTimestamp();
            try
            {
                using var patience = new CancellationTokenSource(Patience);
                connection ??= await Connection.OpenAsync(port, patience.Token);
                string answer = await (body is null ? connection.GetAsync(path, patience.Token) : connection.PostAsync(path, body, patience.Token));
                Interlocked.Increment(ref _answers);
                if (!expected.Contains(answer))
                {
                    _failures.Enqueue($"'{answer}' where only {string.Join(" or ", expected)} may answer.");
                }
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                _failures.Enqueue(error.Message);
                connection?.Dispose();
                connection = null;
            }

            Note(TimeProvider.System.GetElapsedTime(begin).Ticks);
            await Task.Delay(Pause);
        }

        connection?.Dispose();
    }

    private void Note(long ticks)
    {
        for (long slowest = Interlocked.Read(ref _slowest); ticks > slowest; slowest = Interlocked.Read(ref _slowest))
        {
            Interlocked.CompareExchange(ref _slowest, ticks, slowest);
        }
    }
}
