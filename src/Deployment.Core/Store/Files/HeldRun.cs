namespace Deployment.Store.Files;

/// <summary>A run whose lease this store object took: where its journal stands, and the open segment.</summary>
internal sealed class HeldRun(StoreFiles files, StorePaths paths, FileLeases leases, string runId, LeaseState lease, string head) : IDisposable
{
    private readonly Lock _gate = new();
    private string _head = head;
    private IOpenFile? _segment;
    private bool _closed;

    internal long Epoch => lease.Epoch;

    /// <summary>The failure after which nothing more is appended; null when there was none.</summary>
    internal Exception? Failure { get; private set; }

    internal void Append(JournalFrame frame)
    {
        // Only threads of this process wait here; between processes nothing is locked.
        lock (_gate)
        {
            ThrowIfFailed(runId, Failure);
            ThrowIfLost();
            if (frame.Previous != _head)
            {
                throw new DeploymentException($"The frame to append to the journal of run {runId} follows {frame.Previous}, but the journal's head is {_head}. Read the journal again and go on from its head.");
            }

            Write(frame.Line.Span);

            // Looked at after the flush: whoever takes the next turn reads the journal after creating it, so either it is here or they saw the frame.
            ThrowIfLost();
            _head = frame.Head;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _segment?.Dispose();
            _segment = null;
        }
    }

    internal static void ThrowIfFailed(string runId, Exception? failure)
    {
        if (failure is not null)
        {
            throw new DeploymentException($"An append to the journal of run {runId} has failed before, so nobody knows what of it is durable, and it is not tried again: {failure.Message} End this process, mend the cause and resume the run.", failure);
        }
    }

    private void ThrowIfLost()
    {
        if (_closed || leases.HasSuccessor(runId, lease.Turn))
        {
            throw new LeaseLostException(runId, Epoch);
        }
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        try
        {
            _segment ??= files.OpenAppend(paths.Journal(runId, lease.Turn));
            _segment.Append(line);
            _segment.Flush();
        }
        catch (Exception exception)
        {
            Failure = exception;
            throw;
        }
    }
}
