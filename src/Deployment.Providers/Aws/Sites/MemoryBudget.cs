namespace Deployment.Providers.Aws.Sites;

/// <summary>How many bytes are held at once; whoever wants more waits, in turn.</summary>
internal sealed class MemoryBudget
{
    private readonly long _all;
    private readonly Lock _lock = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Turn)> _waiting = new();
    private long _free;

    /// <param name="bytes">All of it.</param>
    public MemoryBudget(long bytes) => _free = _all = bytes;

    /// <summary>Waits for its turn. What is larger than all of it gets all of it.</summary>
    /// <returns>How much was taken.</returns>
    public async Task<long> TakeAsync(long size, CancellationToken cancellationToken)
    {
        long taken = Math.Min(size, _all);
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _free >= taken)
            {
                _free -= taken;
                return taken;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((taken, turn));
        }

        using CancellationTokenRegistration registration = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        await turn.Task.ConfigureAwait(false);
        return taken;
    }

    public void Give(long taken)
    {
        lock (_lock)
        {
            _free += taken;
            while (_waiting.TryPeek(out (long Bytes, TaskCompletionSource Turn) next) && (next.Turn.Task.IsCanceled || _free >= next.Bytes))
            {
                _waiting.Dequeue();
                if (next.Turn.TrySetResult())
                {
                    _free -= next.Bytes;
                }
            }
        }
    }
}
