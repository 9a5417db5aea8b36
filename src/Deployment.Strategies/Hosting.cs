using Deployment.Health;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Strategies;

/// <summary>What strategies have in common that install the new revision beside the old, on one target.</summary>
internal class Hosting(StrategyContext context, RunbookBuilder runbook, IHostRevisions hosts, RetryPolicy retry)
{
    internal StrategyContext Context => context;

    internal RunbookBuilder Runbook => runbook;

    internal RevisionId Candidate => context.Candidate.Id;

    /// <summary>Whether users wait for an old release: they get it at once.</summary>
    internal bool GoesBack => context.Kind == RunKind.RollBack;

    /// <summary>Says what a rollback goes back to, and installs the candidate where it doesn't stand.</summary>
    internal void Begin()
    {
        if (context.Live is { } live)
        {
            runbook.RestOn(context.Target, Fact.OfRevision(live));
            runbook.RollBackTo(context.Target, live, context.Current is { } old ? hosts.Install(old) : null);
        }

        if (!context.CandidateStands)
        {
            Install($"Install {Candidate}", context.Candidate);
        }
    }

    internal void Install(string title, Revision revision) => runbook.Effect(
        title,
        hosts.Install(revision),
        Undo.By(hosts.Remove(revision.Id)),
        Options(Phase.Preparation, new FactChange(context.Target, Fact.OfRevision(revision.Id), Fact.Absent, Fact.Present)));

    /// <summary>Removes what was installed by this plan and has no traffic any more. Nothing rests on it, so nothing brings it back.</summary>
    internal void Remove(string title, RevisionId revision, string why) => runbook.Effect(
        title,
        hosts.Remove(revision),
        Undo.Nothing(why),
        Options(Phase.Finalization, new FactChange(context.Target, Fact.OfRevision(revision), Fact.Present, Fact.Absent)));

    /// <summary>What can be found out before a user reaches the candidate.</summary>
    internal void CheckInTheDark(CheckSubject subject)
    {
        runbook.Check(Moment.Installed, subject);
        if (context.Capability<IReachRevisions>() is not null)
        {
            runbook.Check(Moment.BeforeTraffic, subject);
        }
    }

    internal EffectOptions Options(Phase phase, params IReadOnlyList<FactChange> changes) => new() { Phase = phase, Retry = retry, Changes = changes };
}
