using Deployment.Analysis;
using Deployment.Commands;
using Deployment.Json;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Health;

/// <summary>What a check may use while it decides.</summary>
public sealed class CheckContext
{
    /// <summary>Creates a context, for tests of checks; the engine makes its own.</summary>
    /// <param name="subject">What is judged.</param>
    /// <param name="addresses">The addresses of the candidate's instances.</param>
    /// <param name="commands">Runs command-line tools.</param>
    /// <param name="secrets">Resolves secrets by name.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="report">Gets what the check reports.</param>
    /// <param name="target">The subject's target, whose capabilities the check can ask for; null where it has none.</param>
    /// <param name="seen">What was seen there.</param>
    public CheckContext(CheckSubject subject, Func<CancellationToken, Task<IReadOnlyList<Uri>>> addresses, ICommandRunner commands, ISecretStore secrets, TimeProvider timeProvider, Action<string>? report = null, DeploymentTarget? target = null, Observation? seen = null)
    {
        Subject = subject;
        _addresses = addresses;
        Commands = commands;
        Secrets = secrets;
        ArgumentNullException.ThrowIfNull(timeProvider);
        TimeProvider = timeProvider;
        _report = report;
        _target = target;
        _seen = seen;
        StartedAt = ShiftedAt = timeProvider.GetUtcNow();
    }

    private readonly Func<CancellationToken, Task<IReadOnlyList<Uri>>> _addresses;
    private readonly Action<string>? _report;
    private readonly DeploymentTarget? _target;
    private readonly Observation? _seen;

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

    /// <summary>What the target can do in the state that was seen when the run was begun or resumed, or null. A check only looks: it never applies an operation.</summary>
    /// <typeparam name="T">An interface such as <see cref="IMirrorTraffic"/>.</typeparam>
    public T? Capability<T>()
        where T : class => _seen is null ? null : _target?.Capability<T>(_seen);

    /// <summary>How long the step says that it is to be watched; null for checks that decide by themselves.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>When the check began, also where another process began it.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When traffic to the subject was last shifted, or what users have changed in another way. What was measured before it tells nothing of the candidate.</summary>
    public DateTimeOffset ShiftedAt { get; init; }

    /// <summary>Whether all that was measured since <see cref="ShiftedAt"/> is judged at once. Default false: it is watched from now on.</summary>
    internal bool LooksBack { get; init; }

    /// <summary>Whether the run is held by this very watch: only what goes back is looked for then, and there is no end.</summary>
    internal bool OnlyGoesBack { get; init; }

    /// <summary>Among how many watches a rule's rate of false alarms is divided, so that it holds for the release as a whole.</summary>
    internal int Watches { get; init; } = 1;

    /// <summary>Keeps bytes with the run; gives their SHA-256. A context of a test keeps nothing.</summary>
    internal Func<ReadOnlyMemory<byte>, CancellationToken, Task<string>> KeepAsync { get; init; } = (content, _) => Task.FromResult(CanonicalJson.Hash(content.ToArray()));

    /// <summary>Writes something into the journal that decides nothing.</summary>
    internal Func<string, IReadOnlyDictionary<string, string>, Task> NoteAsync { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>What was recorded of the baseline before the deployment; empty when nothing was.</summary>
    internal Func<CancellationToken, Task<IReadOnlyList<WatchSeries>>> BaselineAsync { get; init; } = _ => Task.FromResult<IReadOnlyList<WatchSeries>>([]);

    /// <summary>The same, without showing progress.</summary>
    internal CheckContext Quiet() => new(Subject, _addresses, Commands, Secrets, TimeProvider, null, _target, _seen)
    {
        Duration = Duration,
        StartedAt = StartedAt,
        ShiftedAt = ShiftedAt,
        LooksBack = LooksBack,
        OnlyGoesBack = OnlyGoesBack,
        Watches = Watches,
        KeepAsync = KeepAsync,
        NoteAsync = NoteAsync,
        BaselineAsync = BaselineAsync,
    };

    /// <summary>Shows progress to whoever watches the run. Not journaled; never pass a secret.</summary>
    public void Report(string progress) => _report?.Invoke(progress);
}
