using Deployment.Commands;

namespace Deployment.Execution;

/// <summary>The commands of one attempt: with its end they are ended, and code that was left behind starts no more of them.</summary>
internal sealed class EffectCommands(ICommandRunner runner, string step) : ICommandRunner, IDisposable
{
    private readonly CancellationTokenSource _over = new();

    public async Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken)
    {
        if (_over.IsCancellationRequested)
        {
            throw new DeploymentException($"Step {step} is over; `{command.Program}` was not started for it any more.");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _over.Token);
        return await runner.RunAsync(command, observer, either.Token);
    }

    public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => runner.EndAsync(process, grace, cancellationToken);

    // Cancelled but not disposed: what was left behind may still come and ask.
    public void Dispose() => _over.Cancel();
}
