using Deployment.Store;

namespace Deployment.Testing;

/// <summary>Who is on call in a scenario: approves what is asked for, aborts when the scenario says so, and gives up what is held.</summary>
internal sealed class Person(StrategyWorld world) : IProgress<JournalEntry>
{
    private const string Name = "scenario";

    public void Report(JournalEntry value)
    {
        if (world.Watch.Run is not { } run)
        {
            return;
        }

        Disturbance disturbance = world.Watch.Disturbance;
        if (++run.Entries == disturbance.AbortAtEntry)
        {
            Abort(disturbance.AbortDelay);
        }

        switch (value.Kind)
        {
            case JournalEntryKind.ApprovalRequested:
                Send(Signal.Approve(Name, run.Runbook.Hash));
                break;
            case JournalEntryKind.Held:
                run.Held ??= value.Text;
                Send(Signal.Abort(Name, "Nobody is there to decide."));
                break;
            case JournalEntryKind.RunResumed when IsAsked():
                Send(Signal.Approve(Name, run.Runbook.Hash));
                break;
        }
    }

    /// <summary>A process may die after it asked for an approval and before it said so to anybody.</summary>
    private bool IsAsked() => world.Open() is { } open
        && world.Log(open).LastOrDefault(entry => entry.Kind is JournalEntryKind.ApprovalRequested or JournalEntryKind.ApprovalGiven or JournalEntryKind.ApprovalRefused) is { Kind: JournalEntryKind.ApprovalRequested };

    private void Abort(TimeSpan delay)
    {
        if (delay == TimeSpan.Zero)
        {
            Send(Signal.Abort(Name, "The scenario says so."));
            return;
        }

        world.Time.Clock.CreateTimer(_ => Send(Signal.Abort(Name, "The scenario says so.")), null, delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The store in memory completes at once.</summary>
    private void Send(Signal signal)
    {
        if (world.Open() is { } open)
        {
            world.Store.PostSignalAsync(open.Id, signal, CancellationToken.None).GetAwaiter().GetResult();
        }
    }
}
