using Deployment.Health;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Tests.Strategies;

/// <summary>The steps of a right strategy, of which each wrong one leaves out, moves or changes one.</summary>
internal sealed class SideBySide(StrategyContext context, RunbookBuilder runbook, IHostRevisions hosts, ISplitTraffic router)
{
    internal StrategyContext Context => context;

    internal RunbookBuilder Runbook => runbook;

    internal IHostRevisions Hosts => hosts;

    internal ISplitTraffic Router => router;

    internal RevisionId Candidate => context.Candidate.Id;

    /// <summary>The live revision with its release; null at a first deployment.</summary>
    internal Revision? Old => context.Current is { } old && old.Id != Candidate ? old : null;

    internal TrafficSplit Before => context.Observation.Traffic;

    internal TrafficSplit After => TrafficSplit.AllTo(Candidate);

    /// <summary>A split with the candidate at a share, the rest where it was; all to it where nothing was live.</summary>
    internal TrafficSplit At(int percent) =>
        context.Live is { } live ? new TrafficSplit([KeyValuePair.Create(live, 100 - percent), KeyValuePair.Create(Candidate, percent)]) : After;

    internal void SayWhereBack()
    {
        if (context.Live is { } live)
        {
            runbook.RollBackTo(context.Target, live, Old is { } old ? hosts.Install(old) : null);
        }
    }

    internal void Install(Undo? undo = null, string? title = null)
    {
        if (!context.CandidateStands)
        {
            runbook.Effect(title ?? $"Install {Candidate}", hosts.Install(context.Candidate), undo ?? Undo.By(hosts.Remove(Candidate)), new EffectOptions
            {
                Changes = [new FactChange(context.Target, Fact.OfRevision(Candidate), Fact.Absent, Fact.Present)],
            });
        }
    }

    internal void Check(Moment moment) => runbook.Check(moment, new CheckSubject(context.Target, Candidate, context.Live));

    internal void Route(TrafficSplit from, TrafficSplit to, Undo? undo = null, bool tells = true) =>
        runbook.Effect($"Switch from {from} to {to}", router.Route(to), undo ?? Undo.By(router.Route(from)), new EffectOptions
        {
            Changes = tells ? [new FactChange(context.Target, Fact.Traffic, from.ToString(), to.ToString())] : [],
        });

    /// <summary>Where the target can copy requests at all.</summary>
    internal void Mirror(TrafficMirror? from, TrafficMirror? to)
    {
        if (context.Capability<IMirrorTraffic>() is { } mirror)
        {
            runbook.Effect($"Copy to {to?.ToString() ?? "nobody"}", mirror.Mirror(to), Undo.By(mirror.Mirror(null)), new EffectOptions
            {
                Changes = [new FactChange(context.Target, Fact.Mirror, from?.ToString() ?? "none", to?.ToString() ?? "none")],
            });
        }
    }

    internal void RemoveOld()
    {
        if (Old is { } old)
        {
            runbook.Effect($"Remove {old.Id}", hosts.Remove(old.Id), Undo.By(hosts.Install(old)), new EffectOptions
            {
                Changes = [new FactChange(context.Target, Fact.OfRevision(old.Id), Fact.Present, Fact.Absent)],
            });
        }
    }

    internal void RetireOld()
    {
        if (Old is { } old)
        {
            runbook.RetireLater(context.Target, old.Id, TimeSpan.FromHours(1));
        }
    }
}
