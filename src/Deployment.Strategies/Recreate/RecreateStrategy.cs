using Deployment.Health;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Strategies.Recreate;

/// <summary>Stops what runs and starts the release in its place.</summary>
internal sealed class RecreateStrategy(RecreateOptions options) : IDeploymentStrategy
{
    private readonly RetryPolicy _retry = options.Retry;

    public string Name => "recreate";

    public IReadOnlyList<string> Validate() =>
        string.IsNullOrWhiteSpace(options.Reason) ? ["Recreate needs a reason for the runbook; leave Reason as it is, or write one."] : [];

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        if (context.Require<IUpdateInPlace>() is not { } target)
        {
            return;
        }

        var subject = new CheckSubject(context.Target, context.Candidate.Id, context.Live);
        Operation update = target.Update(context.Candidate);
        runbook.Effect(
            context.Live is { } live ? $"Replace {live} by {context.Candidate.Id}" : $"Start {context.Candidate.Id}",
            update,
            UndoOf(context, target),
            new EffectOptions { Retry = _retry, Changes = Changes(context) });
        if (context.Current is { } old)
        {
            // The undo of the update starts the old revision itself, so nothing has to be made sure of before it.
            runbook.RollBackTo(context.Target, old.Id, ensure: null);
        }

        runbook.Check(Moment.Shifted, subject);
        runbook.Check(Moment.Complete, subject);
    }

    private static Undo UndoOf(StrategyContext context, IUpdateInPlace target) => context switch
    {
        { Live: null } => Undo.By(target.Clear(context.Candidate.Id)),
        { Current: { } old } => Undo.By(target.Update(old)),
        _ => Undo.Impossible($"{context.Live} was not brought by this pipeline, so it is not known how to start it again."),
    };

    private static List<FactChange> Changes(StrategyContext context)
    {
        List<FactChange> changes =
        [
            new(context.Target, Fact.Traffic, context.Observation.Traffic.ToString(), TrafficSplit.AllTo(context.Candidate.Id).ToString()),
            new(context.Target, Fact.OfRevision(context.Candidate.Id), context.CandidateStands ? Fact.Present : Fact.Absent, Fact.Present),
        ];
        if (context.Live is { } live && live != context.Candidate.Id)
        {
            changes.Add(new(context.Target, Fact.OfRevision(live), Fact.Present, Fact.Absent));
        }

        return changes;
    }
}
