using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Processes;

/// <summary>Keeps one process running: starts it again when it ends, each time after a longer pause, until it is stopped.</summary>
internal sealed class KeptProcess(string name, RunningProcess first, Keeping keeping, ILogger logger, TimeProvider timeProvider) : IDisposable
{
    /// <summary>So many ends in a row, each soon after the start, are a crash loop.</summary>
    public const int CrashLoop = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _letGo = new();
    private RunningProcess _current = first;
    private int _earlyEnds = keeping.EarlyEnds;
    private Task _keeping = Task.CompletedTask;

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
                long started = timeProvider.GetTimestamp();
                int? code = await LifeAsync(Current, letGo);
                // It ran well for a while, so this is a new trouble: start again at once.
                bool stable = timeProvider.GetElapsedTime(started) >= Stable;
                pause = stable ? TimeSpan.Zero : pause;
                Note(code, stable, pause);
                pause = await StartAgainAsync(pause, letGo);
            }
        }
        catch (OperationCanceledException) when (letGo.IsCancellationRequested)
        {
            // It is not to be kept any longer.
        }
    }

    private async Task<int?> LifeAsync(RunningProcess running, CancellationToken letGo)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(letGo);
        Task watched = Task.WhenAll(SettleAsync(life.Token), EndWhenSickAsync(running, life.Token), BesideAsync(running, life.Token));
        try
        {
            return await running.Exit.WaitAsync(letGo);
        }
        finally
        {
            await life.CancelAsync();
            await watched;
        }
    }

    private async Task SettleAsync(CancellationToken ended)
    {
        try
        {
            await Task.Delay(Stable, timeProvider, ended);
            _earlyEnds = 0;
            Tell(keeping.Settled);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It ended before that, or is let go.
        }
    }

    private async Task BesideAsync(RunningProcess running, CancellationToken ended)
    {
        try
        {
            await keeping.Beside(running, ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It ended before that was done, or is let go.
        }
        catch (Exception error) when (error is DeploymentException or IOException or UnauthorizedAccessException)
        {
            ProcessLog.CannotNote(logger, name, error);
        }
    }

    private async Task EndWhenSickAsync(RunningProcess running, CancellationToken ended)
    {
        try
        {
            while (keeping.Sick is { } sick && !await EndOnceSickAsync(sick, running, ended))
            {
                await Task.Delay(keeping.LongestPause, timeProvider, ended);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It ended by itself, or is let go.
        }
    }

    // False when it could not be asked or ended: that says nothing about it, so it is asked again after a while.
    private async Task<bool> EndOnceSickAsync(Func<RunningProcess, CancellationToken, Task<string>> sick, RunningProcess running, CancellationToken ended)
    {
        try
        {
            string why = await sick(running, ended);
            Log(() => ProcessLog.Sick(logger, name, running.Identity.ProcessId, why));
            await running.EndAsync(keeping.Grace, ended);
            return true;
        }
        catch (Exception error) when (IsTrouble(error, ended))
        {
            Log(() => ProcessLog.CannotEnd(logger, name, running.Identity.ProcessId, error));
            return false;
        }
    }

    private void Note(int? code, bool stable, TimeSpan pause)
    {
        if (Current.Identity == RunningProcess.None)
        {
            // There was none, so nothing ended: the machine was started again.
            return;
        }

        _earlyEnds = stable ? 0 : _earlyEnds + 1;
        Log(() => ProcessLog.Ended(logger, name, Current.Identity.ProcessId, code, pause.TotalSeconds));
        if (_earlyEnds == CrashLoop)
        {
            Log(() => ProcessLog.CrashLooping(logger, name, _earlyEnds, code));
        }

        Tell(() => keeping.Ended(code, _earlyEnds));
    }

    private async Task<TimeSpan> StartAgainAsync(TimeSpan pause, CancellationToken letGo)
    {
        while (true)
        {
            await Task.Delay(pause, timeProvider, letGo);
            pause = pause == TimeSpan.Zero ? FirstPause : pause * 2 < keeping.LongestPause ? pause * 2 : keeping.LongestPause;
            try
            {
                // What the ended one left behind would hold its port.
                await Current.EndAsync(TimeSpan.Zero, letGo);
                Volatile.Write(ref _current, await keeping.Start(letGo));
                return pause;
            }
            catch (Exception error) when (IsTrouble(error, letGo))
            {
                Log(() => ProcessLog.CannotStart(logger, name, pause.TotalSeconds, error));
            }
        }
    }

    // Whatever it is: an exception that nobody thought of must not be the end of keeping, which nobody would see.
    private static bool IsTrouble(Exception error, CancellationToken token) => error is not OperationCanceledException || !token.IsCancellationRequested;

    // What is told is written to the state's file; where that fails the process is kept all the same.
    private void Tell(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception error) when (IsTrouble(error, CancellationToken.None))
        {
            Log(() => ProcessLog.CannotNote(logger, name, error));
        }
    }

    // A log that can't be written, say on a full disk, is no reason either.
    private static void Log(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (IsTrouble(error, CancellationToken.None))
        {
            // There is nowhere left to say it.
        }
    }
}
