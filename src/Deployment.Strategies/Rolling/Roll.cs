using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Strategies.Rolling;

/// <summary>The slots of one target as the plan goes on, and the steps that change them.</summary>
internal sealed class Roll(StrategyContext context, RunbookBuilder runbook, IReplaceInstances target, RetryPolicy retry)
{
    internal StrategyContext Context => context;

    internal RunbookBuilder Runbook => runbook;

    /// <summary>What is in the slots after the steps so far.</summary>
    internal SlotTable Slots { get; private set; } = context.Observation.Slots;

    /// <summary>Says what a rollback goes back to. Each undo starts the old revision itself, so nothing has to be made sure of before it.</summary>
    internal void Begin()
    {
        runbook.RestOn(context.Target, Fact.Slots);
        if (context.Live is { } live && live != context.Candidate.Id)
        {
            runbook.RollBackTo(context.Target, live, ensure: null);
        }
    }

    /// <summary>Puts the candidate into slots that hold one revision, or nothing.</summary>
    internal void Fill(IReadOnlyList<string> slots, string title)
    {
        RevisionId? held = Slots.In(slots[0]);
        Effect(title, target.Replace(slots, context.Candidate), held is null ? Undo.By(target.Vacate(slots)) : Back(slots, held), Slots.With(slots, context.Candidate.Id));
    }

    /// <summary>
    /// Empties slots that hold one revision. On the way back they hold what a rollback goes back to: the batches that go back after this
    /// step need the same room that they had on the way there, and it is the good release that is to be in it.
    /// </summary>
    internal void Vacate(IReadOnlyList<string> slots, string title)
    {
        RevisionId held = Slots.In(slots[0])!;
        RevisionId back = held == context.Candidate.Id && context.Live is { } live ? live : held;
        Effect(title, target.Vacate(slots), Back(slots, back), Slots.Without(slots));
    }

    private Undo Back(IReadOnlyList<string> slots, RevisionId held) => context.Known(held) is { } known
        ? Undo.By(target.Replace(slots, known))
        : Undo.Impossible($"{held} was not brought by this pipeline, so it is not known how to start it again.");

    private void Effect(string title, Operation operation, Undo undo, SlotTable after)
    {
        SlotTable before = Slots;
        List<FactChange> changes = [new(context.Target, Fact.Slots, before.ToString(), after.ToString())];
        if (!before.Traffic.Equals(after.Traffic))
        {
            changes.Add(new(context.Target, Fact.Traffic, before.Traffic.ToString(), after.Traffic.ToString()));
        }

        changes.AddRange(after.Revisions.Except(before.Revisions).Select(come => new FactChange(context.Target, Fact.OfRevision(come), Fact.Absent, Fact.Present)));
        changes.AddRange(before.Revisions.Except(after.Revisions).Select(gone => new FactChange(context.Target, Fact.OfRevision(gone), Fact.Present, Fact.Absent)));
        runbook.Effect(title, operation, undo, new EffectOptions { Retry = retry, Changes = changes, UndoInTurn = true });
        Slots = after;
    }
}
