using Deployment.Health;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Strategies.BlueGreen;

/// <summary>Installs the new revision beside the old, tries it, and switches all traffic in one step.</summary>
internal sealed class BlueGreenStrategy(BlueGreenOptions options) : IDeploymentStrategy
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(30);
    private readonly TimeSpan _window = options.RollbackWindow;
    private readonly RetryPolicy _retry = options.Retry;

    public string Name => "blue-green";

    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        if (_window < TimeSpan.Zero || _window > LongestWindow)
        {
            errors.Add($"Blue-green's RollbackWindow is {_window}; it must be 0 to {LongestWindow.Days} days.");
        }

        if (string.IsNullOrWhiteSpace(options.Reason))
        {
            errors.Add("Blue-green needs a reason for the runbook; leave Reason as it is, or write one.");
        }

        return errors;
    }

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        IHostRevisions? hosts = context.Require<IHostRevisions>();
        ISplitTraffic? router = context.Require<ISplitTraffic>();
        if (hosts is null || router is null)
        {
            return;
        }

        RevisionId green = context.Candidate.Id;
        var subject = new CheckSubject(context.Target, green, context.Live);
        GuardRollback(context, hosts, runbook);
        if (!context.CandidateStands)
        {
            Install(context, hosts, runbook);
        }

        runbook.Check(Moment.Installed, subject);
        if (context.Capability<IReachRevisions>() is not null)
        {
            runbook.Check(Moment.BeforeTraffic, subject);
        }

        Switch(context, router, runbook);
        runbook.Check(Moment.Shifted, subject);
        runbook.Check(Moment.Complete, subject);
        // What history doesn't know could not be installed again, so its removal could not be undone: it is left to whoever brought it.
        if (context.Current is { } blue && blue.Id != green)
        {
            runbook.RetireLater(context.Target, blue.Id, _window);
        }
    }

    private static void GuardRollback(StrategyContext context, IHostRevisions hosts, RunbookBuilder runbook)
    {
        if (context.Live is not { } blue)
        {
            return;
        }

        runbook.RestOn(context.Target, Fact.OfRevision(blue));
        runbook.RollBackTo(context.Target, blue, context.Current is { } old ? hosts.Install(old) : null);
    }

    private void Install(StrategyContext context, IHostRevisions hosts, RunbookBuilder runbook) => runbook.Effect(
        $"Install {context.Candidate.Id}",
        hosts.Install(context.Candidate),
        Undo.By(hosts.Remove(context.Candidate.Id)),
        new EffectOptions
        {
            Phase = Phase.Preparation,
            Retry = _retry,
            Changes = [new FactChange(context.Target, Fact.OfRevision(context.Candidate.Id), Fact.Absent, Fact.Present)],
        });

    private void Switch(StrategyContext context, ISplitTraffic router, RunbookBuilder runbook)
    {
        TrafficSplit before = context.Observation.Traffic;
        TrafficSplit after = TrafficSplit.AllTo(context.Candidate.Id);
        runbook.Effect(
            $"Switch all traffic to {context.Candidate.Id}",
            router.Route(after),
            Undo.By(router.Route(before)),
            new EffectOptions
            {
                Retry = _retry,
                Changes = [new FactChange(context.Target, Fact.Traffic, before.ToString(), after.ToString())],
            });
    }
}
