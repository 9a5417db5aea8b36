using Deployment.Commands;
using Deployment.Targets;

namespace Deployment.Steps;

/// <summary>What a user's step does: a command, or code.</summary>
/// <param name="Commands">The lines that a person would type; empty for code.</param>
/// <param name="RunAsync">Does it.</param>
internal sealed record StepAction(IReadOnlyList<string> Commands, Func<EffectContext, CancellationToken, Task> RunAsync)
{
    internal static StepAction Of(Command command) => new(
        [command.ToString()],
        async (context, cancellationToken) => (await context.Commands.RunAsync(
            command,
            new CommandObserver { Line = context.Report },
            cancellationToken)).EnsureSuccess(command));
}
