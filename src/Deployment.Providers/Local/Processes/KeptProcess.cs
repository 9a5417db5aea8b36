using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Processes;

/// <summary>Keeps one process running: starts it again when it ends, each time after a longer pause, until it is stopped.</summary>
internal sealed class KeptProcess : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _letGo = new();
    private readonly string _name;
    private readonly Func<RunningProcess> _start;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private RunningProcess _current;
    private Task _keeping = Task.CompletedTask;

    public KeptProcess(string name, RunningProcess current, Func<RunningProcess> start, ILogger logger, TimeProvider timeProvider)
    {
        _name = name;
        _current = current;
        _start = start;
        _logger = logger;
        _timeProvider = timeProvider;
    }

    public RunningProcess Current => Volatile.Read(ref _current);

    /// <summary>Begins to start it again whenever it ends.</summary>
    public void Keep() => _keeping = KeepAsync(_letGo.Token);

    /// <summary>Stops keeping it, and leaves it as it is.</summary>
    public async Task LetGoAsync()
    {
        await _letGo.CancelAsync();
        await _keeping;
    }

    /// <summary>Stops keeping it and ends it.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        await LetGoAsync();
        await Current.EndAsync(grace, cancellationToken);
    }

    public void Dispose() => _letGo.Dispose();

    private async Task KeepAsync(CancellationToken letGo)
    {
        TimeSpan pause = TimeSpan.Zero;
        try
        {
            while (true)
            {
                long started = _timeProvider.GetTimestamp();
                int? code = await Current.Exit.WaitAsync(letGo);
                // It ran well for a while, so this is a new trouble: start again at once.
                pause = _timeProvider.GetElapsedTime(started) >= Stable ? TimeSpan.Zero : pause;
                ProcessLog.Ended(_logger, _name, Current.Identity.ProcessId, code, pause.TotalSeconds);
                pause = await StartAgainAsync(pause, letGo);
            }
        }
        catch (OperationCanceledException) when (letGo.IsCancellationRequested)
        {
            // It is not to be kept any longer.
        }
    }

    private async Task<TimeSpan> StartAgainAsync(TimeSpan pause, CancellationToken letGo)
    {
        while (true)
        {
            await Task.Delay(pause, _timeProvider, letGo);
            pause = pause == TimeSpan.Zero ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            try
            {
                // What the ended one left behind would hold its port.
                await Current.EndAsync(TimeSpan.Zero, letGo);
                Volatile.Write(ref _current, _start());
                return pause;
            }
            catch (Exception error) when (error is DeploymentException or IOException or UnauthorizedAccessException)
            {
                ProcessLog.CannotStart(_logger, _name, pause.TotalSeconds, error);
            }
        }
    }
}
