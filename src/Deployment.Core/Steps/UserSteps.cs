using System.Text.Json;
using Deployment.Json;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Steps;

/// <summary>The target that holds the user's own steps, so that the engine knows operations only.</summary>
internal sealed class UserSteps : DeploymentTarget
{
    internal const string TargetName = "pipeline";
    private const string Idempotent = "run-idempotent";
    private const string Probeable = "run-probeable";
    private const string Once = "run-once";
    private const string UndoVerb = "undo";

    internal UserSteps(IEnumerable<UserStep> steps)
        : base(TargetName)
    {
        var table = steps.ToDictionary(step => step.Name, StringComparer.Ordinal);
        Verbs =
        [
            new UserStepVerb(Idempotent, Repeatability.Idempotent, undo: false, table),
            new UserStepVerb(Probeable, Repeatability.Probeable, undo: false, table),
            new UserStepVerb(Once, Repeatability.AtMostOnce, undo: false, table),
            new UserStepVerb(UndoVerb, Repeatability.Idempotent, undo: true, table),
        ];
    }

    public override IReadOnlyList<Verb> Verbs { get; }

    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken) => Task.FromResult(new Observation { Target = Name });

    public override string? Refuses(Artifact artifact) => null;

    internal static Operation Do(UserStep step) => Make(
        step.Repeatability switch
        {
            Repeatability.Idempotent => Idempotent,
            Repeatability.Probeable => Probeable,
            _ => Once,
        },
        step.Name,
        step.Run);

    internal static Operation UndoOf(UserStep step) => Make(UndoVerb, step.Name, step.UndoAction!);

    private static Operation Make(string verb, string name, StepAction action) =>
        new(TargetName, verb, JsonSerializer.SerializeToElement(new UserStepArguments(name, action.Commands), CoreJson.Default.UserStepArguments));
}
