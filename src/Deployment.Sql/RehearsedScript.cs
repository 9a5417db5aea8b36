using Deployment.Migrations;

namespace Deployment.Sql;

/// <summary>What came of a script in a rehearsal.</summary>
public sealed record RehearsedScript
{
    /// <summary>What it is known by, such as <c>001_add-email.expand</c>.</summary>
    public required string Id { get; init; }

    /// <summary>When it runs.</summary>
    public required MigrationPhase Phase { get; init; }

    /// <summary>How long it took to be applied; null where it was not, because it failed or one before it did.</summary>
    public TimeSpan? AppliedIn { get; init; }

    /// <summary>How long its undo took; null where none was run to its end.</summary>
    public TimeSpan? UndoneIn { get; init; }

    /// <summary>Why no undo was tried, or what it declares not to give back, as a sentence; null for neither.</summary>
    public string? Note { get; init; }

    /// <summary>What is wrong with it; empty where nothing is.</summary>
    public IReadOnlyList<RehearsalFinding> Findings { get; init; } = [];
}
