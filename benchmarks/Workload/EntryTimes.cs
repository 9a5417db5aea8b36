using Deployment.Benchmarks.Measuring;
using Deployment.Store;

namespace Deployment.Benchmarks.Workload;

/// <summary>Notes when each entry of a journal became durable.</summary>
internal sealed class EntryTimes : IProgress<JournalEntry>
{
    private readonly Lock _gate = new();
    private readonly List<long> _ends = [];
    private long _begin;

    /// <summary>From the run's begin, or the step before, to the end of each step.</summary>
    internal IEnumerable<TimeSpan> Steps => _ends.Select((end, i) => Clock.Between(i == 0 ? _begin : _ends[i - 1], end));

    /// <summary>From the run's begin to the end of the last step.</summary>
    internal TimeSpan Together => Clock.Between(_begin, _ends[^1]);

    public void Report(JournalEntry value)
    {
        long now = Clock.Now;
        lock (_gate)
        {
            switch (value.Kind)
            {
                case JournalEntryKind.RunStarted:
                    _begin = now;
                    break;
                case JournalEntryKind.StepSucceeded:
                    _ends.Add(now);
                    break;
            }
        }
    }
}
