using Deployment.Commands;

namespace Deployment.Providers.Docker.Tests.Deployer;

/// <summary>Runs commands, and lets this process die just after it has started a certain one.</summary>
internal sealed class CountedCommands(int last) : ICommandRunner
{
    private readonly CommandRunner _runner = new(TimeProvider.System);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public Task<CommandResult> RunAsync(Command command, CommandObserver? observer, CancellationToken cancellationToken)
    {
        int number = Interlocked.Increment(ref _count);
        return _runner.RunAsync(command, number == last ? Dying(observer) : observer, cancellationToken);
    }

    public Task EndAsync(CommandProcess process, TimeSpan grace, CancellationToken cancellationToken) => _runner.EndAsync(process, grace, cancellationToken);

    private static CommandObserver Dying(CommandObserver? observer) => new()
    {
        Line = observer?.Line,
        Started = async process =>
        {
            await (observer?.Started?.Invoke(process) ?? Task.CompletedTask);
            Program.Die();
        },
    };
}
