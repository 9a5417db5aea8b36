using Deployment.Health;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Strategies;

/// <summary>What strategies have in common that install the new revision beside the old and then move traffic, on one target.</summary>
internal sealed class Rollout
{
    private readonly IHostRevisions _hosts;
    private readonly RetryPolicy _retry;
    private TrafficSplit _traffic;

    private Rollout(StrategyContext context, RunbookBuilder runbook, IHostRevisions hosts, ISplitTraffic router, RetryPolicy retry)
    {
        Context = context;
        Runbook = runbook;
        Router = router;
        _hosts = hosts;
        _retry = retry;
        _traffic = context.Observation.Traffic;
    }

    internal StrategyContext Context { get; }

    internal RunbookBuilder Runbook { get; }

    internal ISplitTraffic Router { get; }

    internal RevisionId Candidate => Context.Candidate.Id;

    /// <summary>Whether users wait for an old release: they get it at once.</summary>
    internal bool GoesBack => Context.Kind == RunKind.RollBack;

    /// <summary>Null, with the errors recorded, where the target can't do it.</summary>
    internal static Rollout? Of(StrategyContext context, RunbookBuilder runbook, RetryPolicy retry)
    {
        IHostRevisions? hosts = context.Require<IHostRevisions>();
        ISplitTraffic? router = context.Require<ISplitTraffic>();
        return hosts is null || router is null ? null : new Rollout(context, runbook, hosts, router, retry);
    }

    /// <summary>Says what a rollback goes back to, and installs the candidate where it doesn't stand.</summary>
    internal void Begin()
    {
        if (Context.Live is { } live)
        {
            Runbook.RestOn(Context.Target, Fact.OfRevision(live));
            Runbook.RollBackTo(Context.Target, live, Context.Current is { } old ? _hosts.Install(old) : null);
        }

        if (!Context.CandidateStands)
        {
            Install($"Install {Candidate}", Context.Candidate);
        }
    }

    internal void Install(string title, Revision revision) => Runbook.Effect(
        title,
        _hosts.Install(revision),
        Undo.By(_hosts.Remove(revision.Id)),
        Options(Phase.Preparation, new FactChange(Context.Target, Fact.OfRevision(revision.Id), Fact.Absent, Fact.Present)));

    /// <summary>Removes what was installed by this plan and has no traffic any more. Nothing rests on it, so nothing brings it back.</summary>
    internal void Remove(string title, RevisionId revision, string why) => Runbook.Effect(
        title,
        _hosts.Remove(revision),
        Undo.Nothing(why),
        Options(Phase.Finalization, new FactChange(Context.Target, Fact.OfRevision(revision), Fact.Present, Fact.Absent)));

    /// <summary>What can be found out before a user reaches the candidate.</summary>
    internal void CheckInTheDark(CheckSubject subject)
    {
        Runbook.Check(Moment.Installed, subject);
        if (Context.Capability<IReachRevisions>() is not null)
        {
            Runbook.Check(Moment.BeforeTraffic, subject);
        }
    }

    /// <summary>Moves traffic. Each undo goes to what was before the run, in one step.</summary>
    internal void Shift(string title, TrafficSplit split)
    {
        Runbook.Effect(
            title,
            Router.Route(split),
            Undo.By(Router.Route(Context.Observation.Traffic)),
            Options(Phase.Deployment, new FactChange(Context.Target, Fact.Traffic, _traffic.ToString(), split.ToString())));
        _traffic = split;
    }

    internal void LetTestersIn(IRouteTesters testers) => Runbook.Effect(
        $"Let testers reach {Candidate}",
        testers.RouteTesters(Candidate, Context.Observation.Traffic),
        Undo.Nothing("It ends when the revision is removed, and no user is moved."),
        Options(Phase.Preparation));

    internal void Gate(string title, ManualGate gate, IReadOnlyList<string>? lookup = null) => Runbook.Approval(title, gate.Role, gate.Timeout, lookup);

    internal void Bake(string title, TimeSpan time, string reason)
    {
        if (time > TimeSpan.Zero)
        {
            Runbook.Wait(title, time, reason);
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

    private EffectOptions Options(Phase phase, params IReadOnlyList<FactChange> changes) => new() { Phase = phase, Retry = _retry, Changes = changes };
}
