using System.Net.Sockets;

namespace QuickStart.Load;

/// <summary>
/// Users: each keeps one connection and sends a request whenever one is due, however long the last one took. A failed request is one
/// that was refused, reset, late, cut short, not answered 200, or not answered by a version that should serve. Nothing is sent twice.
/// </summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private const int SlowOneIn = 10;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(50);

    private readonly LoadOptions _options;
    private readonly ServingVersions _serving;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly LoadTally _tally = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _users;

    public LoadGenerator(LoadOptions options, ServingVersions serving)
    {
        _options = options;
        _serving = serving;
        long begin = _time.GetTimestamp();
        _users = Task.WhenAll(Enumerable.Range(0, options.Connections).Select(user => Task.Run(() => UseAsync(user, begin))));
    }

    public LoadCounts Counts => _tally.Counts;

    /// <summary>Sends nothing more, waits for the answers that are due, and gives the final counts.</summary>
    public async Task<LoadCounts> StopAsync()
    {
        await _stop.CancelAsync();
        await _users;
        return _tally.Counts;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task UseAsync(int user, long begin)
    {
        TimeSpan interval = TimeSpan.FromSeconds((double)_options.Connections / _options.RequestsPerSecond);
        TimeSpan first = interval * user / _options.Connections;
        KeepAliveConnection? connection = null;
        for (int number = 0; await IsDueAsync(begin, first + (interval * number)); number++)
        {
            // Slow ones are spread over users and time.
            bool slow = _options.SlowPath is not null && (user + number) % SlowOneIn == 0;
            connection = await RequestAsync(connection, slow ? _options.SlowPath! : _options.Path);
        }

        connection?.Dispose();
    }

    /// <summary>Waits until a request is due; false when no more are to be sent.</summary>
    private async Task<bool> IsDueAsync(long begin, TimeSpan due)
    {
        TimeSpan left = due - _time.GetElapsedTime(begin);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !_stop.IsCancellationRequested;
    }

    /// <summary>Sends one request and counts it; gives the connection back when another may follow on it.</summary>
    private async Task<KeepAliveConnection?> RequestAsync(KeepAliveConnection? connection, string path)
    {
        string[] allowed = _serving.Allowed;
        using var late = new CancellationTokenSource(_options.Late, _time);
        try
        {
            connection ??= await KeepAliveConnection.OpenAsync(_options.Port, late.Token);
            Judge(await connection.GetAsync(path, late.Token), allowed);
            if (connection.IsOpen)
            {
                return connection;
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            _tally.Failed(error is OperationCanceledException ? $"{path} was not answered within {_options.Late.TotalSeconds} s." : $"{path}: {error.Message}");
            await Task.Delay(PauseAfterFailure, _time);
        }

        connection?.Dispose();
        return null;
    }

    private void Judge(HttpAnswer answer, string[] allowed)
    {
        if (answer.Status != 200)
        {
            _tally.Failed($"Answered {answer.Status}: {Start(answer.Body)}");
        }
        else if (_serving.Recognize(answer.Body, allowed) is { } version)
        {
            _tally.Answered(version);
        }
        else
        {
            _tally.Failed($"Answered '{Start(answer.Body)}', but only {string.Join(" and ", allowed)} should serve.");
        }
    }

    private static string Start(string body) => (body.Length > 100 ? body[..100] + "…" : body).ReplaceLineEndings(" ").TrimEnd();
}
