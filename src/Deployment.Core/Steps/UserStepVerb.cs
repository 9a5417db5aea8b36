using Deployment.Json;
using Deployment.Targets;

namespace Deployment.Steps;

/// <summary>Does, or undoes, a user's step.</summary>
internal sealed class UserStepVerb(string name, Repeatability repeatability, bool undo, IReadOnlyDictionary<string, UserStep> steps)
    : Verb<UserStepArguments>(name, repeatability, CoreJson.Default.UserStepArguments)
{
    protected override VerbDescription Describe(UserStepArguments arguments)
    {
        UserStep step = Find(arguments);
        return undo
            ? new VerbDescription(step.UndoAction?.Commands ?? [], $"'{step.Name}' is undone.", "None beyond its own success.")
            : new VerbDescription(step.Run.Commands, step.Expected, step.VerificationText) { VerificationCommands = step.VerificationCommands };
    }

    protected override Task RunAsync(UserStepArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        UserStep step = Find(arguments);
        StepAction action = undo ? step.UndoAction ?? throw new DeploymentException($"This build of the pipeline has no undo for '{step.Name}'.") : step.Run;
        return action.RunAsync(context, cancellationToken);
    }

    protected override Task<ProbeResult> ProbeAsync(UserStepArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        Find(arguments).Probe?.Invoke(context, cancellationToken) ?? Task.FromResult(ProbeResult.Unknown);

    protected override Task<string?> VerifyAsync(UserStepArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        undo || Find(arguments).Verify is not { } verify ? Task.FromResult<string?>(null) : verify(context, cancellationToken);

    private UserStep Find(UserStepArguments arguments) =>
        steps.GetValueOrDefault(arguments.Step) ?? throw new DeploymentException($"This build of the pipeline has no step '{arguments.Step}'. It has: {string.Join(", ", steps.Keys)}.");
}
