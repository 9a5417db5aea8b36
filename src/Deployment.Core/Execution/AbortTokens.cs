namespace Deployment.Execution;

/// <summary>The tokens that an abort cancels. A person who goes on past an abort takes it back; the next one must stand all the same.</summary>
internal sealed class AbortTokens : IDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _abort = new();
    private CancellationTokenSource _next = new();

    /// <summary>Cancelled while the run is to go back.</summary>
    internal CancellationToken Aborted
    {
        get
        {
            lock (_gate)
            {
                return _abort.Token;
            }
        }
    }

    /// <summary>Cancelled by the next abort, even when the run was aborted before.</summary>
    internal CancellationToken Next
    {
        get
        {
            lock (_gate)
            {
                _next = _next.IsCancellationRequested ? new CancellationTokenSource() : _next;
                return _next.Token;
            }
        }
    }

    public void Dispose()
    {
        _abort.Dispose();
        _next.Dispose();
    }

    internal void Cancel()
    {
        CancellationTokenSource abort, next;
        lock (_gate)
        {
            (abort, next) = (_abort, _next);
        }

        // Outside the lock: what is interrupted runs on here.
        abort.Cancel();
        next.Cancel();
    }

    internal void TakeBack()
    {
        lock (_gate)
        {
            _abort = _abort.IsCancellationRequested ? new CancellationTokenSource() : _abort;
        }
    }
}
