using System.Collections.Concurrent;

namespace Deployment.Store.Files;

/// <summary>
/// The journals of the runs that this store object drives. Each turn of a run's lease writes a segment of its own,
/// so two owners never write to one file, however long one of them slept.
/// </summary>
internal sealed class FileJournals(StoreFiles files, StorePaths paths, FileLeases leases) : IDisposable
{
    private readonly ConcurrentDictionary<string, HeldRun> _held = new(StringComparer.Ordinal);
    private readonly JournalReader _reader = new(files, paths);

    internal IAsyncEnumerable<JournalFrame> ReadAsync(string runId, StoreWork run, CancellationToken cancellationToken) =>
        _reader.ReadAsync(runId, run, cancellationToken);

    /// <summary>Begins the segment of a lease that was just taken; false when it is lost again already.</summary>
    internal bool TryBegin(string runId, LeaseState lease)
    {
        JournalFrame? last = _reader.Last(runId);
        if (!files.TryCreate(paths.Journal(runId, lease.Turn), SegmentHeader.After(last)) || leases.HasSuccessor(runId, lease.Turn))
        {
            return false;
        }

        var held = new HeldRun(files, paths, leases, runId, lease, last?.Head ?? JournalFrame.Start);
        HeldRun? before = _held.GetValueOrDefault(runId);
        before?.Dispose();
        _held[runId] = held;
        return true;
    }

    /// <summary>This store object can't drive a run again whose journal it failed to write; others may.</summary>
    internal void ThrowIfFailed(string runId) => HeldRun.ThrowIfFailed(runId, _held.GetValueOrDefault(runId)?.Failure);

    internal void Append(string runId, long epoch, JournalFrame frame)
    {
        Check(runId, frame);
        HeldRun? held = _held.GetValueOrDefault(runId);
        HeldRun.ThrowIfFailed(runId, held?.Failure);
        if (held is not null && held.Epoch == epoch)
        {
            held.Append(frame);
            return;
        }

        throw leases.Read(runId) is { Released: false } lease && lease.Epoch == epoch
            ? new DeploymentException($"The lease on run {runId} was taken through another store object, so this one doesn't know where the journal stands. Append through that one, or take the lease again.")
            : new LeaseLostException(runId, epoch);
    }

    /// <summary>Ends appending under an epoch.</summary>
    internal void End(string runId, long epoch)
    {
        if (_held.GetValueOrDefault(runId) is { } held && held.Epoch == epoch)
        {
            held.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (HeldRun held in _held.Values)
        {
            held.Dispose();
        }
    }

    // A frame that can't be read back would make the whole journal unreadable.
    private static void Check(string runId, JournalFrame frame)
    {
        if (frame.Line.Length > TornTail.LongestFrame)
        {
            throw new DeploymentException($"A frame of {frame.Line.Length} bytes is too long for the journal of run {runId}: the most is {TornTail.LongestFrame}. Keep large data as a blob and name it by its hash.");
        }

        if (JournalFrames.Read(frame.Line) is not { } read || read.Head != frame.Head || read.Previous != frame.Previous
            || frame.Line.Span.IndexOf((byte)'\n') != frame.Line.Length - 1)
        {
            throw new DeploymentException($"The frame to append to the journal of run {runId} is not one line with the hashes that it is said to have. Nothing was written.");
        }
    }
}
