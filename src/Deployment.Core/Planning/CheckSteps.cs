using Deployment.Health;
using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>Makes check steps: asks the check for what people read.</summary>
internal static class CheckSteps
{
    private const string Address = "$ADDRESS";

    internal static CheckStep Make(string id, Check check, CheckSubject subject, Phase phase, FailureAction onFailure, string? addressLookup)
    {
        CheckDescription words = check.Describe(subject);
        return new CheckStep
        {
            Id = id,
            Title = check.Name,
            Phase = phase,
            Check = check.Name,
            Kind = check.Kind,
            Subject = subject,
            Commands = WithAddress(words.Commands, addressLookup),
            Expected = words.Expected,
            OnFailure = onFailure,
        };
    }

    /// <summary>Whether the check would still do what the step says, and ask as much; how its address is looked up is the target's matter.</summary>
    internal static (IReadOnlyList<string> Planned, IReadOnlyList<string> Now) Compared(CheckStep step, Check check)
    {
        if (step.Since is not null)
        {
            // A look is planned when it is due by who carries it out, and nobody approves it.
            return ([], []);
        }

        CheckDescription words = check.Describe(step.Subject);
        IReadOnlyList<string> now = words.Commands;
        bool looksUp = step.Commands.Count == now.Count + 1 && WithAddress(now, "").Count > now.Count;
        return ([.. looksUp ? step.Commands.Skip(1) : step.Commands, step.Expected], [.. now, words.Expected]);
    }

    /// <summary>Lines that are built on the variable ADDRESS come after the one that sets it, so that a person can paste them.</summary>
    private static IReadOnlyList<string> WithAddress(IReadOnlyList<string> commands, string? addressLookup) =>
        addressLookup is not null && commands.Any(line => line.Contains(Address, StringComparison.Ordinal)) ? [addressLookup, .. commands] : commands;
}
