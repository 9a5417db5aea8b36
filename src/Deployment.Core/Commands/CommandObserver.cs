namespace Deployment.Commands;

/// <summary>Watches a command while it runs.</summary>
public sealed class CommandObserver
{
    /// <summary>Called once it has started; the command's result is not awaited before this has completed.</summary>
    public Func<CommandProcess, Task>? Started { get; init; }

    /// <summary>Called with each line of standard output and standard error, secrets removed.</summary>
    public Action<string>? Line { get; init; }

    /// <summary>What the process bears in its environment; see <see cref="CommandMark"/>.</summary>
    internal string? Mark { get; init; }
}
