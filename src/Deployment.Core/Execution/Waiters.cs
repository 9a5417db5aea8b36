namespace Deployment.Execution;

/// <summary>The steps that wait for one kind of answer. Everything but waiting happens under the lock of <see cref="RunControl"/>.</summary>
internal sealed class Waiters<T>(Lock gate)
{
    private readonly Dictionary<string, TaskCompletionSource<T>> _waiting = new(StringComparer.Ordinal);

    internal bool Any => _waiting.Count > 0;

    internal bool Has(string step) => _waiting.ContainsKey(step);

    internal TaskCompletionSource<T> Enter(string step) =>
        _waiting[step] = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Clear() => _waiting.Clear();

    internal void EndAll(SignalConsequences consequences, T answer, Func<string, EntryDraft>? entry = null)
    {
        foreach ((string step, TaskCompletionSource<T> waiter) in _waiting)
        {
            if (entry is not null)
            {
                consequences.Entries.Add(entry(step));
            }

            consequences.Releases.Add(() => waiter.TrySetResult(answer));
        }

        _waiting.Clear();
    }

    internal async Task<T> WaitAsync(string step, TaskCompletionSource<T> waiter, CancellationToken cancellationToken)
    {
        try
        {
            // Not Task.WaitAsync: it would continue on the thread pool, behind the back of a test's virtual time.
            using CancellationTokenRegistration cancelled = cancellationToken.UnsafeRegister(_ => waiter.TrySetCanceled(cancellationToken), null);
            return await waiter.Task;
        }
        finally
        {
            Leave(step, waiter);
        }
    }

    private void Leave(string step, TaskCompletionSource<T> waiter)
    {
        lock (gate)
        {
            // The same step may wait anew by now.
            if (_waiting.TryGetValue(step, out TaskCompletionSource<T>? now) && now == waiter)
            {
                _waiting.Remove(step);
            }
        }
    }
}
