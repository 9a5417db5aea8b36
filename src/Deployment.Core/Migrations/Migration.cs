using System.Text.Json.Serialization;

namespace Deployment.Migrations;

/// <summary>One change of a database, as data: with all that is needed to apply, verify and undo it. A run follows what its runbook has, whatever the source says by then.</summary>
public sealed record Migration
{
    /// <summary>What it is called, unique in its migrator: 1 to 120 characters on one line.</summary>
    public required string Id { get; init; }

    /// <summary>The part of the schema's change that it is.</summary>
    public required MigrationPhase Phase { get; init; }

    /// <summary>What is applied: SQL, or the command line of a tool. Up to 4 MiB.</summary>
    public required string Script { get; init; }

    /// <summary>SHA-256 of the script, in 64 lower-case hexadecimal digits, as the migrator counts it. One that was applied and has another one now is an error of the plan.</summary>
    public required string Checksum { get; init; }

    /// <summary>The same as lines for a POSIX shell; empty when only code can do it.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Whether the script is run in one transaction, with its record. Default true.</summary>
    public bool RunsInTransaction { get; init; } = true;

    /// <summary>How a backfill goes through a table; null for a script that is run once. Its script takes the first and the last key of a range as its parameters.</summary>
    public MigrationBatches? Batches { get; init; }

    /// <summary>How it is taken back; null is an error of the plan, but where it is repeatable.</summary>
    public MigrationUndo? Undo { get; init; }

    /// <summary>What is asked after it ran; where there is nothing, the migrator's own record is all that is looked at.</summary>
    public IReadOnlyList<MigrationVerification> Verifications { get; init; } = [];

    /// <summary>The verifications as lines for a POSIX shell; empty when only code can do it.</summary>
    public IReadOnlyList<string> VerificationCommands { get; init; } = [];

    /// <summary>Which data are gone afterwards, as a sentence: a person is asked before it is applied, and nothing undoes it by itself. Null where none are.</summary>
    public string? DestroysData { get; init; }

    /// <summary>Whether it is applied again whenever its script changes, such as a view's definition: it has no place in the order. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRepeatable { get; init; }

    /// <summary>Whether nothing tells if it was applied: it stands in every deployment, and when the deployer dies in its midst a person decides. No contract may be so. Default false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsUnrecorded { get; init; }

    /// <summary>What a reader of the runbook should know, such as a rule that was left out and why; each a sentence.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The run that applied it, where another one undoes it because a person asked for that; null where a run undoes what it applied itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AppliedBy { get; init; }
}
