namespace Deployment.Migrations;

/// <summary>What a migrator saw: what there is to apply, and what was applied.</summary>
public sealed record MigrationsSeen
{
    /// <summary>All that the source has, in the order in which they are applied; those that were applied among them.</summary>
    public IReadOnlyList<Migration> Known { get; init; } = [];

    /// <summary>All that the database has, in the order in which they were applied.</summary>
    public IReadOnlyList<AppliedMigration> Applied { get; init; } = [];

    /// <summary>What makes migrating impossible, each a sentence that says what to mend. A deployment is refused with all of them; going back is not.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
