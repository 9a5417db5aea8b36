namespace Deployment.Migrations;

/// <summary>
/// When a part of a change of the database runs. A change that needs no downtime and can be taken back is made in these phases, in this
/// order: the old and the new release both work after each of the first two.
/// </summary>
public enum MigrationPhase
{
    /// <summary>Before the release comes: adds what it needs and takes away nothing, so that the old release goes on working.</summary>
    Expand = 0,

    /// <summary>After the expand: moves data to where the new release looks for it. It changes rows, not the schema, and may be repeated.</summary>
    Backfill = 1,

    /// <summary>
    /// When nothing can go back to the old release any more: removes what only that one used. What it destroys can't be taken back.
    /// </summary>
    Contract = 2,
}
