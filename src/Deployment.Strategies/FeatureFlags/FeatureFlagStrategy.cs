using Deployment.Flags;
using Deployment.Health;
using Deployment.Planning;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>Lets another strategy bring the release while the flag is closed, and then opens the flag in stages.</summary>
internal sealed class FeatureFlagStrategy(FeatureFlagOptions given, FlagResource? resource) : IDeploymentStrategy
{
    private readonly FeatureFlagOptions _options = given.Copy();
    private readonly InnerStrategy _deploy = new("The feature flag's Deploy", given.Deploy);

    public string Name => "feature-flag";

    public bool KeepsLive => true;

    public IReadOnlyList<Check> Checks => _deploy.Checks;

    /// <summary>Never null where a plan is made: without it the pipeline isn't built.</summary>
    private FlagResource Resource => resource!;

    private IFeatureFlagStore Store => _options.Store!;

    public IReadOnlyList<string> Validate() => [.. FlagRules.Problems(_options), .. _deploy.Problems];

    /// <summary>A flag that is open is closed first; only when it is closed already does going back bring another release.</summary>
    public bool GoesBackInPlace(IReadOnlyList<Observation> resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        return resources.Where(seen => seen.Target == Resource.Name).Select(DefinitionIn).Any(definition => definition is not null && Closed(definition) != definition);
    }

    public void Plan(StrategyContext context, RunbookBuilder runbook)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(runbook);
        if (context.Live == context.Candidate.Id)
        {
            runbook.RestOn(context.Target, Fact.OfRevision(context.Candidate.Id));
            runbook.Explain("Where the release takes the traffic already nothing is deployed.");
            return;
        }

        _deploy.Strategy.Plan(context, runbook);
    }

    public void PlanAll(PipelineContext context, RunbookBuilder runbook)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(runbook);
        string? definition = DefinitionIn(context.Resource(Resource.Name));
        if (context.Kind == RunKind.RollBack)
        {
            GoBack(context, runbook, definition);
            return;
        }

        if (definition is null)
        {
            context.Refuse($"There is no flag '{_options.Flag}' in {Store.Name}. Create it there, closed, before the release that hides behind it is deployed; or mend the name.");
            return;
        }

        if (FlagPlan.Of(_options, definition, context) is { } stages)
        {
            runbook.Until(Moment.Complete, part => _deploy.Strategy.PlanAll(context, part));
            Open(context, runbook, stages);
        }
    }

    private void GoBack(PipelineContext context, RunbookBuilder runbook, string? definition)
    {
        if (definition is not null && Closed(definition) is { } closed && closed != definition)
        {
            runbook.Effect($"Close {_options.Flag}", Resource.Set(closed, definition), Undo.By(Resource.Set(definition, null)), Options(definition, closed));
        }
        else
        {
            runbook.Explain(definition is null ? $"There is no flag {_options.Flag} any more, so none is closed." : $"The flag {_options.Flag} is closed already.");
        }

        runbook.Until(Moment.Complete, part => _deploy.Strategy.PlanAll(context, part));
        if (context.Targets.All(target => target.Live == target.Candidate.Id))
        {
            PassAll(context, runbook, Moment.Shifted, null);
        }

        PassAll(context, runbook, Moment.Complete, null);
    }

    private void Open(PipelineContext context, RunbookBuilder runbook, IReadOnlyList<PlannedStage> stages)
    {
        foreach (PlannedStage stage in stages)
        {
            if (stage.Given.Gate is { } gate)
            {
                runbook.Approval($"Go/No-Go by {gate.Role} before {stage.Audience}", gate.Role, gate.Timeout);
            }

            // Each undo is the definition before the run: a rollback takes the first, in one step.
            runbook.Effect(
                $"Open {_options.Flag} for {stage.Audience}",
                Resource.Set(stage.Definition, stage.Before),
                Undo.By(Resource.Set(stages[0].Before, null)),
                Options(stage.Before, stage.Definition));
            TimeSpan bake = stage.Given.BakeTime ?? _options.BakeTime;
            if (bake > TimeSpan.Zero)
            {
                runbook.Bake($"Bake with {stage.Audience}", bake, $"To see how users with {_options.Flag} do.", [.. context.Targets.Select(target => SubjectOf(target, CohortOf(stage)))]);
            }

            if (stage.Given.Checks)
            {
                PassAll(context, runbook, Moment.Shifted, CohortOf(stage));
            }
        }

        PassAll(context, runbook, Moment.Complete, null);
    }

    /// <summary>The flag is one, but its users are on every target.</summary>
    private static void PassAll(PipelineContext context, RunbookBuilder runbook, Moment moment, FlagCohort? cohort)
    {
        void Pass(StrategyContext target, RunbookBuilder at) => at.Check(moment, SubjectOf(target, cohort));
        if (context.Targets is [{ } only])
        {
            Pass(only, runbook);
            return;
        }

        runbook.Parallel("look at each target", new LanePolicy(), context.Targets.Select(target =>
            KeyValuePair.Create<string, Action<RunbookBuilder>>(target.Target, lane => Pass(target, lane))));
    }

    private FlagCohort CohortOf(PlannedStage stage) => new(_options.Flag, stage.Audience.ToString());

    private static CheckSubject SubjectOf(StrategyContext target, FlagCohort? cohort) =>
        new(target.Target, target.Candidate.Id, cohort is not null || target.Live == target.Candidate.Id ? null : target.Live) { Cohort = cohort };

    private EffectOptions Options(string before, string after) => new()
    {
        Retry = _options.Retry,
        Changes = [new FactChange(Resource.Name, Fact.OfFlag(_options.Flag), before, after)],
    };

    private string? DefinitionIn(Observation seen) => seen.Properties.GetValueOrDefault(Fact.OfFlag(_options.Flag));

    private string Closed(string definition) => Store.WithAudience(definition, FlagAudience.Nobody);
}
