namespace Deployment.Migrations;

/// <summary>How a backfill goes through a table: a range of a key at a time, each in a transaction of its own.</summary>
/// <param name="Table">The table, with its schema if need be.</param>
/// <param name="Key">The column, which has an index and no nulls.</param>
/// <param name="Rows">How many rows a range has: 1 to 1,000,000.</param>
public sealed record MigrationBatches(string Table, string Key, int Rows);
