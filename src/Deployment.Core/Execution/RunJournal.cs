using Deployment.Store;

namespace Deployment.Execution;

/// <summary>
/// Writes a run's journal. Appends that come while one is being made durable share the next flush. An entry counts, and
/// is shown, once it is durable; after a failure nothing more is ever written.
/// </summary>
internal sealed class RunJournal
{
    private readonly Lock _gate = new();
    private readonly IDeploymentStore _store;
    private readonly string _runId;
    private readonly long _epoch;
    private readonly TimeProvider _time;
    private readonly Action<JournalEntry> _written;
    private Batch? _pending;
    private bool _flushing;
    private long _sequence;
    private string _head;
    private Exception? _failure;

    internal RunJournal(IDeploymentStore store, string runId, long epoch, string head, RunProgress progress, TimeProvider time, Action<JournalEntry> written)
    {
        _store = store;
        _runId = runId;
        _epoch = epoch;
        _head = head;
        _time = time;
        _written = written;
        _sequence = progress.Sequence;
        Progress = progress;
    }

    /// <summary>Where the run stands by what is durable.</summary>
    internal RunProgress Progress { get; }

    /// <summary>Set when nothing more can be written.</summary>
    internal Exception? Failure => _failure;

    /// <summary>Told when that comes about: what waits for a person appends nothing, and would wait for ever.</summary>
    internal Action? Failed { get; set; }

    internal Task AppendAsync(JournalEntryKind kind, string? step = null, string? text = null, IReadOnlyDictionary<string, string>? detail = null) =>
        AppendAsync([new EntryDraft(kind, step, text, detail)]);

    /// <summary>Appends entries together: after a crash all of them are there, or none.</summary>
    internal Task AppendAsync(ReadOnlySpan<EntryDraft> drafts)
    {
        Batch batch;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return Task.FromException(_failure);
            }

            batch = _pending ??= new Batch();
            foreach (EntryDraft draft in drafts)
            {
                batch.Entries.Add(new JournalEntry
                {
                    Sequence = ++_sequence,
                    At = _time.GetUtcNow(),
                    Epoch = _epoch,
                    Kind = draft.Kind,
                    Step = draft.Step,
                    Text = draft.Text,
                    Detail = draft.Detail,
                });
            }

            if (_flushing)
            {
                return batch.Durable.Task;
            }

            _flushing = true;
        }

        // The loop never throws: whatever fails is given to those who wait for the batch.
        _ = FlushAsync();
        return batch.Durable.Task;
    }

    private async Task FlushAsync()
    {
        while (true)
        {
            Batch batch;
            lock (_gate)
            {
                if (_pending is null)
                {
                    _flushing = false;
                    return;
                }

                batch = _pending;
                _pending = null;
            }

            try
            {
                JournalFrame frame = JournalCodec.Write(_head, batch.Entries);
                // Never cancelled: whether an entry is durable must not hang on who lost patience.
                await _store.AppendAsync(_runId, _epoch, frame, CancellationToken.None);
                _head = frame.Head;
            }
            catch (Exception error)
            {
                Fail(batch, error);
                return;
            }

            batch.Entries.ForEach(Progress.Apply);
            batch.Entries.ForEach(_written);
            batch.Durable.SetResult();
        }
    }

    private void Fail(Batch batch, Exception error)
    {
        Batch? waiting;
        lock (_gate)
        {
            _failure = error;
            waiting = _pending;
            _pending = null;
            _flushing = false;
        }

        batch.Durable.SetException(error);
        waiting?.Durable.SetException(error);
        Failed?.Invoke();
    }

    private sealed class Batch
    {
        internal List<JournalEntry> Entries { get; } = new(1);

        // Waiters must not run inside the flush loop: a long one would keep the others' entries from becoming durable.
        internal TaskCompletionSource Durable { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
