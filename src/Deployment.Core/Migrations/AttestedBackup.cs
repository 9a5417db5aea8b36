using System.Globalization;
using Deployment.Commands;
using Deployment.Releases;
using Deployment.Reports;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Migrations;

/// <summary>A backup that others make: it counts when it is proven and new enough.</summary>
public sealed class AttestedBackup : IDatabaseBackup
{
    /// <summary>Clocks of two machines may differ so much.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly Func<EffectContext, CancellationToken, Task<BackupAttestation>> _prove;
    private readonly IReadOnlyList<string> _commands;
    private readonly string _what;
    private readonly TimeSpan _maxAge;

    /// <summary>A backup that is known, and the command that proves it.</summary>
    /// <param name="attestation">The backup.</param>
    /// <param name="proof">Ends with exit code 0 when the backup is there and can be restored.</param>
    /// <param name="maxAge">How old it may be when the database is about to be changed: above 0 to 30 days.</param>
    /// <param name="timeout">How long the proof may take: 10 ms to 24 h; null for 10 min.</param>
    /// <exception cref="DeploymentValidationException">Something is out of its range; all that is, is named.</exception>
    public AttestedBackup(BackupAttestation attestation, Command proof, TimeSpan maxAge, TimeSpan? timeout = null)
        : this($"The backup {Naming.Printable(attestation?.Id ?? throw new ArgumentNullException(nameof(attestation)))} of {Time(attestation.TakenAt)} is proven by exit code 0", maxAge, timeout, [.. Problems(attestation)])
    {
        ArgumentNullException.ThrowIfNull(proof);
        _commands = [proof.ToString()];
        _prove = async (context, cancellationToken) =>
        {
            (await context.Commands.RunAsync(proof, new CommandObserver { Line = context.Report }, cancellationToken)).EnsureSuccess(proof);
            context.Record("proof", proof.ToString());
            return attestation;
        };
    }

    /// <summary>A backup that code finds and proves.</summary>
    /// <param name="how">How it is found and proven, for the runbook: 1 to 120 printable characters without a full stop at the end.</param>
    /// <param name="prove">Gives the backup that it has proven; an exception says why there is none.</param>
    /// <param name="maxAge">How old it may be when the database is about to be changed: above 0 to 30 days.</param>
    /// <param name="timeout">How long the proof may take: 10 ms to 24 h; null for 10 min.</param>
    /// <exception cref="DeploymentValidationException">Something is out of its range; all that is, is named.</exception>
    public AttestedBackup(string how, Func<EffectContext, CancellationToken, Task<BackupAttestation>> prove, TimeSpan maxAge, TimeSpan? timeout = null)
        : this(how, maxAge, timeout, [.. new[] { Title.Problem("proof of a backup", how) }.OfType<string>()])
    {
        ArgumentNullException.ThrowIfNull(prove);
        _commands = [];
        _prove = prove;
    }

    private AttestedBackup(string what, TimeSpan maxAge, TimeSpan? timeout, IEnumerable<string> problems)
    {
        (_what, _maxAge, Timeout) = (what, maxAge, timeout ?? TimeSpan.FromMinutes(10));
        (_commands, _prove) = ([], null!);
        string[] all =
        [
            .. problems,
            .. maxAge <= TimeSpan.Zero || maxAge > TimeSpan.FromDays(30) ? [$"A backup may be {maxAge} old; it must be above 0 and at most 30 days."] : Array.Empty<string>(),
            .. Timeout < TimeSpan.FromMilliseconds(10) || Timeout > TimeSpan.FromHours(24) ? [$"The time-out of a backup's proof is {Timeout}; it must be 10 ms to 24 h."] : Array.Empty<string>(),
        ];
        if (all.Length > 0)
        {
            throw new DeploymentValidationException("The attested backup", all);
        }
    }

    /// <inheritdoc/>
    public TimeSpan Timeout { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Prerequisite> Prerequisites => [];

    /// <inheritdoc/>
    public VerbDescription Describe(string database) => new(_commands, $"{_what}, and is at most {Duration.Of(_maxAge)} old.", "The proof itself, and the age by the clock of the deployer.");

    /// <inheritdoc/>
    public async Task SecureAsync(string database, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        BackupAttestation found = await ProveAsync(database, context, cancellationToken);
        TimeSpan age = context.TimeProvider.GetUtcNow() - found.TakenAt;
        context.Record("backup", found.Id);
        context.Record("taken at", Time(found.TakenAt));
        context.Record("age", age.ToString("c", CultureInfo.InvariantCulture));
        if (age > _maxAge)
        {
            throw new DeploymentException($"The backup {found.Id} of {database} is of {Time(found.TakenAt)}, {Duration.Of(age)} ago, and may be {Duration.Of(_maxAge)} old. Make a new one, then deploy again.");
        }

        if (age < -Skew)
        {
            throw new DeploymentException($"The backup {found.Id} of {database} is said to be of {Time(found.TakenAt)}, which is yet to come. Look at the clocks, and at who attests it.");
        }
    }

    /// <inheritdoc/>
    public Task CleanUpAsync(string database, EffectContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<BackupAttestation> ProveAsync(string database, EffectContext context, CancellationToken cancellationToken)
    {
        try
        {
            BackupAttestation found = await _prove(context, cancellationToken) ?? throw new DeploymentException("The proof gave no backup.");
            return Problems(found).FirstOrDefault() is { } problem ? throw new DeploymentException(problem) : found;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new DeploymentException($"No backup of {database} is proven, so nothing is changed: {error.Message}", error);
        }
    }

    private static IEnumerable<string> Problems(BackupAttestation attestation) =>
        Title.Problem("backup", attestation.Id) is { } problem ? [problem] : [];

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
