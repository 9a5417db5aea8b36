using Deployment.Health;
using Deployment.Planning;
using Deployment.Store;
using Deployment.Strategies.Rolling;
using Deployment.Targets;

namespace Deployment.Strategies.Shadow;

/// <summary>Lets the new revision answer copies of the users' requests, judges its answers, and lets another strategy bring it.</summary>
internal sealed class ShadowStrategy : IDeploymentStrategy
{
    private readonly ShadowOptions _options;
    private readonly InnerStrategy? _then;
    private readonly ShadowCheck _check;

    internal ShadowStrategy(ShadowOptions given)
    {
        _options = given.Copy();
        _then = given.Then is { } choose ? new InnerStrategy("The shadow's Then", choose) : null;
        _check = new ShadowCheck(_options);
    }

    public string Name => "shadow";

    public IReadOnlyList<Check> Checks => [_check, .. _then?.Checks ?? []];

    public bool KeepsLive => _then?.Strategy.KeepsLive ?? false;

    public IReadOnlyList<string> Validate()
    {
        string[] then = [.. _then?.Problems ?? []];
        return
        [
            .. ShadowRules.Problems(_options),
            .. then,
            .. then.Length == 0 && _then?.Strategy is RollingStrategy
                ? ["The shadow's Then is rolling, which fills the instances of what runs: the shadow stands beside them with instances of its own. Take blue-green, canary or recreate."]
                : Array.Empty<string>(),
        ];
    }

    public bool GoesBackInPlace(IReadOnlyList<Observation> resources) => _then?.Strategy.GoesBackInPlace(resources) ?? false;

    public void PlanAll(PipelineContext context, RunbookBuilder runbook)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_then is null)
        {
            context.PlanTargets(runbook);
        }
        else
        {
            _then.Strategy.PlanAll(context, runbook);
        }
    }

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(runbook);
        if (context.Kind == RunKind.RollBack)
        {
            runbook.Explain("Going back copies no requests first: users wait for it.");
            Bring(context, runbook, "It can't bring an earlier release either. Give the shadow a Then, or go back with the pipeline that brought what is live.");
            return;
        }

        if (context.Live == context.Candidate.Id)
        {
            _then?.Strategy.Plan(context, runbook);
            return;
        }

        IHostRevisions? hosts = context.Require<IHostRevisions>();
        IMirrorTraffic? router = context.Require<IMirrorTraffic>();
        if (hosts is null || router is null)
        {
            // What the other strategy lacks belongs to the same refusal.
            _then?.Strategy.Plan(context, runbook);
            return;
        }

        if (context.Live is null)
        {
            runbook.Explain("Where nothing is live there are no requests to copy.");
            Bring(context, runbook, $"Nothing is live on '{context.Target}', so there are no requests to copy. Bring a first release with another strategy, or give the shadow a Then.");
            return;
        }

        if (context.IsHotfix && _then is not null)
        {
            // In a tenth of the time there may be too few copies to say anything, and the run would be held for a person.
            runbook.LeaveOut($"The copies of requests that {context.Candidate.Id} would answer first, and the comparison of its answers.");
            _then.Strategy.Plan(context, runbook);
            return;
        }

        var shadow = new ShadowPart(new Hosting(context, runbook, hosts, _options.Retry), router, _options, _check);
        shadow.Compare(isTrial: _then is null);
        if (_then is null)
        {
            shadow.Remove();
            runbook.OnlyTry(context.Target);
            return;
        }

        _then.Strategy.Plan(context.WithCandidate(), runbook);
    }

    private void Bring(StrategyContext context, RunbookBuilder runbook, string otherwise)
    {
        if (_then is null)
        {
            context.Refuse($"This pipeline only tries releases in the shadow. {otherwise}");
            return;
        }

        _then.Strategy.Plan(context, runbook);
    }
}
