using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Makes effect steps: asks the verb for what people read, for the effect and for its undo.</summary>
internal static class EffectSteps
{
    internal static EffectStep Make(string id, string title, Operation operation, Undo undo, EffectOptions options, TargetTable targets)
    {
        Verb verb = targets.Verb(operation);
        VerbDescription words = verb.Describe(operation.Arguments);
        return new EffectStep
        {
            Id = id,
            Title = title,
            Phase = options.Phase,
            Operation = operation,
            Commands = words.Commands,
            Expected = words.Expected,
            Verification = words.Verification,
            VerificationCommands = words.VerificationCommands,
            Notes = words.Notes.Count > 0 ? words.Notes : null,
            Undo = undo.Operation is { } back
                ? undo with { Commands = targets.Verb(back).Describe(back.Arguments).Commands }
                : undo,
            Repeatability = verb.Repeatability,
            Retry = options.Retry,
            Changes = options.Changes,
            UndoInTurn = options.UndoInTurn,
            OnLaterFailure = options.OnLaterFailure,
        };
    }
}
