using Deployment.Health;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace CustomStrategy.Rings;

/// <summary>Installs the new revision beside the old and gives it to one ring of users after the other.</summary>
internal sealed class RingsStrategy(RingsOptions options) : IDeploymentStrategy
{
    // Copied, so that what runs doesn't change when somebody goes on using the options.
    private readonly IReadOnlyList<Ring> _rings = [.. options.Rings];
    private readonly TimeSpan _window = options.RollbackWindow;
    private readonly RetryPolicy _retry = options.Retry;

    public string Name => "rings";

    public IReadOnlyList<string> Validate() => [.. RingsValidation.Problems(options, _rings)];

    #region plan
    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        IHostRevisions? hosts = context.Require<IHostRevisions>();
        ISplitTraffic? router = context.Require<ISplitTraffic>();
        if (hosts is null || router is null)
        {
            return;
        }

        // Without an old revision, or on the way back to one that stands, there is nobody to go first.
        IReadOnlyList<Ring> rings = context.Live is null || context.CandidateStands ? [] : _rings;
        RefuseWhatCannotBeSplit(context, router.Limits, rings);
        GuardRollback(context, hosts, runbook);
        Install(context, hosts, runbook);

        TrafficSplit before = context.Observation.Traffic;
        foreach (Ring ring in rings)
        {
            before = Shift(context, router, runbook, ring, before);
        }

        Route(context, router, runbook, $"Give everyone to {context.Candidate.Id}", before, TrafficSplit.AllTo(context.Candidate.Id));
        runbook.Check(Moment.Shifted, SubjectOf(context));
        runbook.Check(Moment.Complete, SubjectOf(context));
        RetireLater(context, runbook);
    }
    #endregion

    private static CheckSubject SubjectOf(StrategyContext context) => new(context.Target, context.Candidate.Id, context.Live);

    #region refuse
    private static void RefuseWhatCannotBeSplit(StrategyContext context, TrafficLimits limits, IReadOnlyList<Ring> rings)
    {
        if (rings.Count > 0 && limits.MaxRevisions < 2)
        {
            context.Refuse($"Rings needs a target that splits traffic between two revisions, and '{context.Target}' serves one at a time. Take blue-green.");
        }

        foreach (Ring ring in rings.Where(ring => ring.Percent % limits.GranularityPercent != 0))
        {
            context.Refuse($"The ring '{ring.Name}' takes {ring.Percent}%, and '{context.Target}' shifts traffic in steps of {limits.GranularityPercent}%. Give the ring a multiple of that.");
        }
    }
    #endregion

    #region guard
    private static void GuardRollback(StrategyContext context, IHostRevisions hosts, RunbookBuilder runbook)
    {
        if (context.Live is { } live)
        {
            runbook.RestOn(context.Target, Fact.OfRevision(live));
            runbook.RollBackTo(context.Target, live, context.Current is { } old ? hosts.Install(old) : null);
        }
    }
    #endregion

    #region install
    private void Install(StrategyContext context, IHostRevisions hosts, RunbookBuilder runbook)
    {
        RevisionId candidate = context.Candidate.Id;
        if (!context.CandidateStands)
        {
            runbook.Effect(
                $"Install {candidate}",
                hosts.Install(context.Candidate),
                Undo.By(hosts.Remove(candidate)),
                new EffectOptions
                {
                    Phase = Phase.Preparation,
                    Retry = _retry,
                    Changes = [new FactChange(context.Target, Fact.OfRevision(candidate), Fact.Absent, Fact.Present)],
                });
        }

        runbook.Check(Moment.Installed, SubjectOf(context));
        if (context.Capability<IReachRevisions>() is not null)
        {
            runbook.Check(Moment.BeforeTraffic, SubjectOf(context));
        }
    }
    #endregion

    #region shift
    private TrafficSplit Shift(StrategyContext context, ISplitTraffic router, RunbookBuilder runbook, Ring ring, TrafficSplit before)
    {
        var after = new TrafficSplit(
        [
            KeyValuePair.Create(context.Live!, 100 - ring.Percent),
            KeyValuePair.Create(context.Candidate.Id, ring.Percent),
        ]);
        Route(context, router, runbook, $"Give the ring '{ring.Name}' to {context.Candidate.Id}", before, after);
        if (ring.Watch > TimeSpan.Zero)
        {
            runbook.Wait($"Watch the ring '{ring.Name}'", ring.Watch, $"{ring.Percent}% of the traffic shows how the release does.");
        }

        runbook.Check(Moment.Shifted, SubjectOf(context));
        if (ring.Gate is { } role)
        {
            runbook.Approval($"Go/No-Go after the ring '{ring.Name}'", role);
        }

        return after;
    }

    private void Route(StrategyContext context, ISplitTraffic router, RunbookBuilder runbook, string title, TrafficSplit before, TrafficSplit after) => runbook.Effect(
        title,
        router.Shift(before, after),
        Undo.By(router.Restore(after, before)),
        new EffectOptions
        {
            Retry = _retry,
            Changes = [new FactChange(context.Target, Fact.Traffic, before.ToString(), after.ToString())],
        });
    #endregion

    private void RetireLater(StrategyContext context, RunbookBuilder runbook)
    {
        // What history doesn't know could not be installed again, so its removal could not be undone: it is left to whoever brought it.
        if (context.Current is { } old && old.Id != context.Candidate.Id)
        {
            runbook.RetireLater(context.Target, old.Id, _window);
        }
    }
}
