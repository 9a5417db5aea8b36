using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>Looks, before a runbook is executed, whether this pipeline can carry it out and take it back.</summary>
internal static class RunbookFit
{
    internal static void Check(Runbook runbook, PipelineDefinition pipeline)
    {
        List<string> errors = [];
        if (runbook.Pipeline != pipeline.Name || runbook.Environment != pipeline.Environment)
        {
            errors.Add($"It was planned for pipeline '{runbook.Pipeline}' in {runbook.Environment}; this is '{pipeline.Name}' in {pipeline.Environment}.");
        }

        if (runbook.Kind == RunKind.Deploy)
        {
            Compare(errors, $"The policy of {pipeline.Environment}", runbook.Policy ?? [], pipeline.Policy?.Sentences() ?? []);
        }

        foreach (EffectStep step in runbook.Steps.OfType<EffectStep>())
        {
            Probe(errors, () => pipeline.Table.Verb(step.Operation).Describe(step.Operation.Arguments));
            Probe(errors, () => step.Undo.Operation is { } undo ? pipeline.Table.Verb(undo).Describe(undo.Arguments) : null);
        }

        foreach (EffectStep ensure in runbook.Rollback.Select(guard => guard.Ensure).OfType<EffectStep>())
        {
            Probe(errors, () => pipeline.Table.Verb(ensure.Operation).Describe(ensure.Operation.Arguments));
        }

        // What was read and approved is what runs: names alone would let another build do something else under them.
        foreach (EffectStep step in runbook.Steps.OfType<EffectStep>().Where(step => step.Operation.Target == Steps.UserSteps.TargetName))
        {
            Probe(errors, () => Compare(errors, $"The step '{step.Title}'", step.Commands, pipeline.Table.Verb(step.Operation).Describe(step.Operation.Arguments).Commands));
            Probe(errors, () => step.Undo.Operation is { } undo ? Compare(errors, $"The undo of '{step.Title}'", step.Undo.Commands, pipeline.Table.Verb(undo).Describe(undo.Arguments).Commands) : null);
        }

        foreach (CheckStep step in runbook.Steps.OfType<CheckStep>().Concat(runbook.Rollback.SelectMany(guard => guard.Verify)).Where(step => pipeline.Checks.ContainsKey(step.Check)))
        {
            Probe(errors, () =>
            {
                (IReadOnlyList<string> planned, IReadOnlyList<string> now) = CheckSteps.Compared(step, pipeline.Checks[step.Check]);
                return Compare(errors, $"The check '{step.Title}'", planned, now);
            });
        }

        HashSet<string> claimed = [.. runbook.Targets.Where(target => !target.LeftAlone).Select(target => target.Target), Steps.UserSteps.TargetName];
        errors.AddRange(runbook.Steps.OfType<EffectStep>().Select(step => step.Operation.Target).Where(target => !claimed.Contains(target)).Distinct()
            .Select(target => $"It has a step on '{target}', which is none of the targets that it says it does something on."));
        errors.AddRange(runbook.Steps.OfType<CheckStep>().Concat(runbook.Rollback.SelectMany(guard => guard.Verify)).Select(step => step.Check).Distinct()
            .Where(check => !pipeline.Checks.ContainsKey(check))
            .Select(check => $"It needs the check '{check}', which this build of the pipeline lacks."));
        errors.AddRange(RunbookTree.NodesOf(runbook.Root).GroupBy(node => node.Id).Where(same => same.Count() > 1).Select(same => $"The id '{same.Key}' stands for {same.Count()} steps."));
        if (errors.Count > 0)
        {
            throw new DeploymentValidationException($"The runbook {runbook.Hash[..12]}", [.. errors.Distinct()]);
        }
    }

    private static bool Compare(List<string> errors, string what, IReadOnlyList<string> planned, IReadOnlyList<string> now)
    {
        bool same = planned.SequenceEqual(now, StringComparer.Ordinal);
        if (!same)
        {
            errors.Add($"{what} is another one in this build of the pipeline: planned was `{string.Join("; ", planned)}`, and it would do `{string.Join("; ", now)}`. Plan again and have that approved.");
        }

        return same;
    }

    private static void Probe(List<string> errors, Func<object?> look)
    {
        try
        {
            look();
        }
        catch (DeploymentException error)
        {
            errors.Add(error.Message);
        }
    }
}
