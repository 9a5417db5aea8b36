using Deployment.Health;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Strategies;

/// <summary>What strategies have in common that install the new revision beside the old and then move traffic, on one target.</summary>
internal sealed class Rollout : Hosting
{
    private TrafficSplit _traffic;

    private Rollout(StrategyContext context, RunbookBuilder runbook, IHostRevisions hosts, ISplitTraffic router, RetryPolicy retry)
        : base(context, runbook, hosts, retry)
    {
        Router = router;
        _traffic = context.Observation.Traffic;
    }

    internal ISplitTraffic Router { get; }

    /// <summary>Null, with the errors recorded, where the target can't do it.</summary>
    internal static Rollout? Of(StrategyContext context, RunbookBuilder runbook, RetryPolicy retry)
    {
        IHostRevisions? hosts = context.Require<IHostRevisions>();
        ISplitTraffic? router = context.Require<ISplitTraffic>();
        return hosts is null || router is null ? null : new Rollout(context, runbook, hosts, router, retry);
    }

    /// <summary>Moves traffic. Each undo goes to what was before the run, in one step.</summary>
    internal void Shift(string title, TrafficSplit split)
    {
        Runbook.Effect(
            title,
            GoesBack ? Router.Restore(_traffic, split) : Router.Shift(_traffic, split),
            Undo.By(Router.Restore(split, Context.Observation.Traffic)),
            Options(Phase.Deployment, new FactChange(Context.Target, Fact.Traffic, _traffic.ToString(), split.ToString())));
        _traffic = split;
    }

    internal void LetTestersIn(IRouteTesters testers) => Runbook.Effect(
        $"Let testers reach {Candidate}",
        testers.RouteTesters(Candidate, Context.Observation.Traffic),
        Undo.Nothing("It ends when the revision is removed, and no user is moved."),
        Options(Phase.Preparation));

    /// <summary>The candidate is served at the preview address until traffic moves.</summary>
    internal void Preview(IPreviewRevisions previews) => Runbook.Effect(
        $"Serve {Candidate} at the preview address {previews.PreviewAddress}",
        previews.Preview(Candidate, Context.Observation.Traffic),
        Undo.By(previews.Preview(null, Context.Observation.Traffic)),
        Options(Phase.Preparation));

    internal void Gate(string title, ManualGate gate, IReadOnlyList<string>? lookup = null) => Runbook.Approval(title, gate.Role, gate.Timeout, lookup);

    internal void Bake(string title, TimeSpan time, string reason, CheckSubject subject)
    {
        if (time > TimeSpan.Zero)
        {
            Runbook.Bake(title, time, reason, subject);
        }
    }

    /// <summary>The end. What history doesn't know could not be installed again, so its removal could not be undone: it is left to whoever brought it.</summary>
    internal void Complete(CheckSubject subject, TimeSpan window)
    {
        Runbook.Check(Moment.Complete, subject);
        if (Context.Current is { } old && old.Id != Candidate)
        {
            Runbook.RetireLater(Context.Target, old.Id, window);
        }
    }
}
