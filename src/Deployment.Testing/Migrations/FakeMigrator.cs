using System.Security.Cryptography;
using System.Text;
using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>A database in memory that is migrated. It keeps a transcript of what was done, and fails where a test says so. Several pipelines may share it.</summary>
public sealed class FakeMigrator : IMigrator
{
    private readonly Lock _gate = new();
    private readonly List<AppliedMigration> _applied = [];
    private readonly List<string> _transcript = [];
    private int _begun;

    /// <summary>Creates a database.</summary>
    /// <param name="name">The name.</param>
    /// <param name="known">What there is to apply, in order.</param>
    public FakeMigrator(string name = "db", params IReadOnlyList<Migration> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        Name = name;
        Known = known;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Prerequisite> Prerequisites { get; } = [new Prerequisite("The program fakesql must be installed.", ["fakesql login"])];

    /// <summary>What there is to apply, in order; a newer release has more.</summary>
    public IReadOnlyList<Migration> Known { get; set; }

    /// <summary>What a look finds wrong besides, each a sentence.</summary>
    public IReadOnlyList<string> Problems { get; set; } = [];

    /// <summary>Called before each change takes place, with its number counted from 1 and what the transcript will say; it may throw or wait.</summary>
    public Func<int, string, CancellationToken, Task>? Before { get; set; }

    /// <summary>Called after each change took place; when it throws, the change happened all the same.</summary>
    public Func<int, string, CancellationToken, Task>? After { get; set; }

    /// <summary>What the query of a verification answers; default what is expected.</summary>
    public Func<MigrationVerification, string?> Answer { get; set; } = verification => verification.Expected;

    /// <summary>Each change that took place, in order, such as <c>apply 001_add_email</c> or <c>undo 001_add_email</c>.</summary>
    public IReadOnlyList<string> Transcript
    {
        get
        {
            lock (_gate)
            {
                return [.. _transcript];
            }
        }
    }

    /// <summary>What the database has, in the order in which it was applied.</summary>
    public IReadOnlyList<string> Applied
    {
        get
        {
            lock (_gate)
            {
                return [.. _applied.Select(one => one.Id)];
            }
        }
    }

    /// <summary>A migration that can be undone, of a made-up script.</summary>
    /// <param name="id">What it is called.</param>
    /// <param name="phase">The part of the schema's change that it is. A contract destroys nothing and can be undone; say otherwise with <c>with</c>.</param>
    /// <param name="script">The script; null for one made of the id.</param>
    public static Migration Migration(string id, MigrationPhase phase = MigrationPhase.Expand, string? script = null)
    {
        script ??= $"{phase} {id}";
        return new Migration
        {
            Id = id,
            Phase = phase,
            Script = script,
            Checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script))),
            Commands = [$"fakesql apply {id}"],
            Undo = phase == MigrationPhase.Backfill ? MigrationUndo.Nothing("What it filled goes with what it filled.") : MigrationUndo.By($"undo {id}", $"fakesql undo {id}"),
        };
    }

    /// <summary>Records something as applied, as if somebody had done it by hand.</summary>
    public void Seed(Migration migration)
    {
        ArgumentNullException.ThrowIfNull(migration);
        lock (_gate)
        {
            _applied.Add(new AppliedMigration(migration.Id, migration.Checksum));
        }
    }

    /// <inheritdoc/>
    public Task<MigrationsSeen> ObserveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return Task.FromResult(new MigrationsSeen { Known = Known, Applied = [.. _applied], Problems = Problems });
        }
    }

    /// <inheritdoc/>
    public Task ApplyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        return ChangeAsync($"apply {migration.Id}", has => !has, migration, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ProbeResult> ProbeAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return Task.FromResult(Has(migration) ? ProbeResult.TookEffect : ProbeResult.DidNotTakeEffect);
        }
    }

    /// <inheritdoc/>
    public Task<string?> VerifyAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        lock (_gate)
        {
            return Task.FromResult(
                !Has(migration) ? $"{Name} has no {migration.Id}."
                : migration.Verifications.Select(Disagreement).OfType<string>().FirstOrDefault());
        }
    }

    /// <inheritdoc/>
    public Task UndoAsync(Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(migration);
        return ChangeAsync($"undo {migration.Id}", has => has, migration, cancellationToken);
    }

    private async Task ChangeAsync(string text, Func<bool, bool> isNeeded, Migration migration, CancellationToken cancellationToken)
    {
        int number = Interlocked.Increment(ref _begun);
        await (Before?.Invoke(number, text, cancellationToken) ?? Task.CompletedTask);
        lock (_gate)
        {
            if (isNeeded(Has(migration)))
            {
                // A script that is repeatable has been applied with another checksum.
                _applied.RemoveAll(one => one.Id == migration.Id);
                if (text.StartsWith("apply", StringComparison.Ordinal))
                {
                    _applied.Add(new AppliedMigration(migration.Id, migration.Checksum));
                }

                _transcript.Add(text);
            }
        }

        await (After?.Invoke(number, text, cancellationToken) ?? Task.CompletedTask);
    }

    private string? Disagreement(MigrationVerification verification) => Answer(verification) is var answer && answer == verification.Expected
        ? null
        : $"'{verification.Query}' answers {answer ?? "nothing"}, where {verification.Expected} was expected.";

    private bool Has(Migration migration) => _applied.Any(one => one.Id == migration.Id && one.Checksum == migration.Checksum);
}
