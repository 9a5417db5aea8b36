using Deployment.Migrations;

namespace Deployment.Sql.Scripts;

/// <summary>What the comments at the top of a file declare.</summary>
internal sealed record SqlHeader
{
    internal static SqlHeader Empty { get; } = new();

    internal bool RunsInTransaction { get; init; } = true;

    internal string? DestroysData { get; init; }

    /// <summary>Why there is no undo script, and whether that is because it can't be undone.</summary>
    internal (SqlUndoKind Kind, string Reason)? Undo { get; init; }

    /// <summary>How a backfill goes through a table; null for a script that is run once.</summary>
    internal MigrationBatches? Batches { get; init; }

    internal IReadOnlyList<SqlIgnore> Ignores { get; init; } = [];
}
