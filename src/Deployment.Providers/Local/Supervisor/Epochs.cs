using System.Collections.Concurrent;
using Deployment.Providers.Local.Hosting;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>
/// Lets one mutation at a time act on an application, and none of a deployer whose run was taken over: an epoch older than the highest
/// that was seen is refused, and what such a deployer has under way is broken off.
/// </summary>
internal sealed class Epochs(StateStore store)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);
    private readonly HashSet<Admission> _waitingOrActing = [];
    private readonly TaskCompletionSource _allLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _entering = new();
    private bool _closed;

    public long Highest(string application) => store.Current.Epochs.GetValueOrDefault(application);

    /// <summary>Waits for the turn.</summary>
    /// <exception cref="RefusedException">A newer epoch was seen.</exception>
    public async Task<Admission> AdmitAsync(string application, long epoch, CancellationToken cancellationToken)
    {
        Admission admission = Enter(application, epoch, cancellationToken);
        try
        {
            await _turns.GetOrAdd(application, _ => new SemaphoreSlim(1, 1)).WaitAsync(admission.Token);
            return admission;
        }
        catch (OperationCanceledException)
        {
            Forget(admission);
            admission.Source.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw Refusal(application, epoch);
        }
    }

    /// <summary>Why a mutation may not act, or not any longer.</summary>
    public RefusedException Refusal(string application, long epoch) => _closed
        ? new(StatusCodes.Status503ServiceUnavailable, "The supervisor is about to end. Repeat the step; the next deployer starts another supervisor.")
        : new(
            StatusCodes.Status409Conflict,
            $"Epoch {epoch} of {application} is over: a run with epoch {Highest(application)} has taken over. Nothing more is done for the older one.");

    /// <summary>Admits nobody from now on, and waits until nobody acts.</summary>
    /// <param name="breakOff">Whether to break off what is under way instead of waiting for its end.</param>
    public Task CloseAsync(bool breakOff)
    {
        lock (_entering)
        {
            _closed = true;
            foreach (Admission admission in breakOff ? _waitingOrActing : [])
            {
                admission.Source.CancelAsync();
            }

            CompleteIfEmpty();
        }

        return _allLeft.Task;
    }

    internal void Leave(Admission admission)
    {
        Forget(admission);
        _turns[admission.Application].Release();
    }

    private void Forget(Admission admission)
    {
        lock (_entering)
        {
            _waitingOrActing.Remove(admission);
            CompleteIfEmpty();
        }
    }

    private void CompleteIfEmpty()
    {
        if (_closed && _waitingOrActing.Count == 0)
        {
            _allLeft.TrySetResult();
        }
    }

    private Admission Enter(string application, long epoch, CancellationToken cancellationToken)
    {
        Admission[] overtaken;
        Admission admission;
        lock (_entering)
        {
            long highest = Highest(application);
            if (epoch < highest || _closed)
            {
                throw Refusal(application, epoch);
            }

            if (epoch > highest)
            {
                // Durable before anything is done, so that no restart lets the older one in again.
                store.Update(state => state.Epochs[application] = epoch);
            }

            overtaken = [.. _waitingOrActing.Where(other => other.Application == application && other.Epoch < epoch)];
            admission = new Admission(this, application, epoch, CancellationTokenSource.CreateLinkedTokenSource(cancellationToken));
            _waitingOrActing.Add(admission);
            foreach (Admission other in overtaken)
            {
                other.Source.CancelAsync();
            }
        }

        return admission;
    }
}
