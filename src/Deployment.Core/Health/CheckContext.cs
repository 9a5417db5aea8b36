using Deployment.Commands;
using Deployment.Secrets;

namespace Deployment.Health;

/// <summary>What a check may use while it decides.</summary>
public sealed class CheckContext
{
    /// <summary>Creates a context, for tests of checks; the engine makes its own.</summary>
    public CheckContext(CheckSubject subject, Func<CancellationToken, Task<IReadOnlyList<Uri>>> addresses, ICommandRunner commands, ISecretStore secrets, TimeProvider timeProvider, Action<string>? report = null)
    {
        Subject = subject;
        _addresses = addresses;
        Commands = commands;
        Secrets = secrets;
        TimeProvider = timeProvider;
        _report = report;
    }

    private readonly Func<CancellationToken, Task<IReadOnlyList<Uri>>> _addresses;
    private readonly Action<string>? _report;

    /// <summary>What is judged.</summary>
    public CheckSubject Subject { get; }

    /// <summary>Runs command-line tools.</summary>
    public ICommandRunner Commands { get; }

    /// <summary>Resolves secrets by name.</summary>
    public ISecretStore Secrets { get; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>The addresses of the candidate's instances, asked anew at each call; empty when the target can't reach its revisions.</summary>
    public Task<IReadOnlyList<Uri>> AddressesAsync(CancellationToken cancellationToken) => _addresses(cancellationToken);

    /// <summary>Shows progress to whoever watches the run. Not journaled; never pass a secret.</summary>
    public void Report(string progress) => _report?.Invoke(progress);
}
