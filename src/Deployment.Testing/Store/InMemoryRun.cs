using Deployment.Store;

namespace Deployment.Testing;

internal sealed class InMemoryRun(RunRecord record)
{
    internal RunRecord Record { get; set; } = record;

    internal LeaseState? Lease { get; set; }

    internal List<JournalFrame> Journal { get; } = [];

    internal List<Signal> Signals { get; } = [];

    internal string Head => Journal.Count == 0 ? JournalFrame.Start : Journal[^1].Head;
}
