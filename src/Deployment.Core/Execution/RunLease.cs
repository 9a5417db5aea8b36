using Deployment.Reports;
using Deployment.Store;
using Microsoft.Extensions.Logging;

namespace Deployment.Execution;

/// <summary>
/// Holds a run's lease: takes it, keeps it alive with one heartbeat, and tells at once when it is lost.
/// Liveness of another holder is judged by this process's own monotonic clock: clocks of two machines are never compared.
/// </summary>
internal sealed class RunLease : IAsyncDisposable
{
    private const int BeatsPerTerm = 3;
    private readonly IDeploymentStore _store;
    private readonly TimeProvider _time;
    private readonly TimeSpan _term;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _beating;
    private readonly ILogger _logger;
    private Exception? _renewal;

    private RunLease(IDeploymentStore store, string runId, LeaseState state, TimeSpan term, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _store = store;
        _term = term;
        _time = time;
        RunId = runId;
        Epoch = state.Epoch;
        _beating = BeatAsync();
    }

    internal string RunId { get; }

    internal long Epoch { get; }

    /// <summary>Cancelled when somebody else may drive the run.</summary>
    internal CancellationToken Lost => _lost.Token;

    /// <summary>Why this process may not drive the run any more; null while it may.</summary>
    internal DeploymentException? Loss => !_lost.IsCancellationRequested
        ? null
        : _renewal is { } error
            ? new DeploymentException($"The lease on run {RunId} (epoch {Epoch}) could not be renewed: {error.Message} This process stopped and recorded nothing more; resume the run once the store can be written.", error)
            : new LeaseLostException(RunId, Epoch);

    /// <summary>Takes the lease: at once when it was given back, after a whole term without a beat when its holder seems dead.</summary>
    /// <exception cref="RunDrivenException">Its holder is alive, or another taker was faster.</exception>
    internal static async Task<RunLease> TakeAsync(IDeploymentStore store, string runId, string holder, LeaseTaking how, TimeSpan term, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        LeaseState? seen = await store.ReadLeaseAsync(runId, cancellationToken);
        if (how != LeaseTaking.Force && (seen is { Released: false } || (seen is null && how == LeaseTaking.Resume)))
        {
            RunLog.WaitsForSilence(logger, runId, Driver.Of(seen, time.GetUtcNow())?.ToString() ?? "the process that made it and has not begun", Duration.Of(term));
            seen = await WaitForSilenceAsync(store, runId, seen, term, time, cancellationToken);
        }

        LeaseState taken = await store.TryTakeLeaseAsync(runId, seen, holder, cancellationToken)
            ?? throw new RunDrivenException(runId, await store.ReadLeaseAsync(runId, cancellationToken));
        return new RunLease(store, runId, taken, term, time, logger);
    }

    /// <summary>Ends the heartbeat and gives the lease back, if it is still held.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Cancel();
        await _beating;
        if (!_lost.IsCancellationRequested)
        {
            await ReleaseAsync();
        }

        _stop.Dispose();
        _lost.Dispose();
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await _store.ReleaseLeaseAsync(RunId, Epoch, CancellationToken.None);
        }
        catch (Exception error)
        {
            // The run's outcome, or its own failure, matters more; the next taker waits a term.
            RunLog.LeaseNotReleased(_logger, RunId, error);
        }
    }

    private static async Task<LeaseState?> WaitForSilenceAsync(IDeploymentStore store, string runId, LeaseState? seen, TimeSpan term, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < term)
        {
            await time.DelayAsync(term / (2 * BeatsPerTerm), cancellationToken);
            LeaseState? now = await store.ReadLeaseAsync(runId, cancellationToken);
            if (now is { Released: true })
            {
                return now;
            }

            if (now != seen)
            {
                throw new RunDrivenException(runId, now ?? seen);
            }
        }

        return seen;
    }

    private async Task BeatAsync()
    {
        try
        {
            while (true)
            {
                await _time.DelayAsync(_term / BeatsPerTerm, _stop.Token);
                if (!await RenewAsync())
                {
                    _lost.Cancel();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed: the holder gives the lease back itself.
        }
        catch (Exception error)
        {
            // A store that can't renew can't tell whether somebody else took over: stop, as if somebody had.
            _renewal = error;
            _lost.Cancel();
        }
    }

    /// <summary>A renewal that hangs may come back after somebody else took over, and a system call can't be cancelled: it isn't waited for.</summary>
    private async Task<bool> RenewAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task<bool> renewing = _store.RenewLeaseAsync(RunId, Epoch, patience.Token);
        Task limit = _time.DelayAsync(_term / 2, patience.Token);
        if (await Task.WhenAny(renewing, limit) == renewing)
        {
            patience.Cancel();
            return await renewing;
        }

        patience.Cancel();
        _ = renewing.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _stop.Token.ThrowIfCancellationRequested();
        throw new TimeoutException($"It was not done within {_term / 2}.");
    }
}
