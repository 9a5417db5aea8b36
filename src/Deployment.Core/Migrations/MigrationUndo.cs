using System.Text.Json.Serialization;

namespace Deployment.Migrations;

/// <summary>How a migration is taken back: by a script, or the reason why there is none.</summary>
public sealed record MigrationUndo
{
    /// <summary>What undoes it, whether it happened, half happened or never happened; null where nothing is to be done, or nothing can be. Up to 4 MiB.</summary>
    public string? Script { get; init; }

    /// <summary>The same as lines for a POSIX shell; empty when only code can do it.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Whether the script is run in one transaction. Default true.</summary>
    public bool RunsInTransaction { get; init; } = true;

    /// <summary>Why there is no script, as a sentence; null where there is one.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether nothing can undo it. Only a contract may be so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsImpossible { get; init; }

    /// <summary>It is undone by a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="commands">The same as lines for a POSIX shell.</param>
    public static MigrationUndo By(string script, params IReadOnlyList<string> commands)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(script);
        return new MigrationUndo { Script = script, Commands = commands };
    }

    /// <summary>Nothing is to be done.</summary>
    /// <param name="reason">Why, as a sentence.</param>
    public static MigrationUndo Nothing(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new MigrationUndo { Reason = reason };
    }

    /// <summary>Nothing can undo it.</summary>
    /// <param name="reason">Why, as a sentence.</param>
    public static MigrationUndo Impossible(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new MigrationUndo { Reason = reason, IsImpossible = true };
    }
}
