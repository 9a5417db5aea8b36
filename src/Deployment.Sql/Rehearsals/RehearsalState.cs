namespace Deployment.Sql.Rehearsals;

/// <summary>What a database is at one moment.</summary>
/// <param name="Schema">Its schema as SQL.</param>
/// <param name="Rows">What each table's rows add up to.</param>
internal sealed record RehearsalState(string Schema, IReadOnlyDictionary<string, string> Rows)
{
    /// <summary>The difference of the schemas; empty where there is none.</summary>
    internal string SchemaDifference(RehearsalState later) => SqlSchemaText.Difference(Schema, later.Schema);

    /// <summary>Tables of both whose rows differ; a table that is missing in one is a difference of the schemas.</summary>
    internal IReadOnlyList<string> RowDifferences(RehearsalState later) =>
        [.. Rows.Where(table => later.Rows.TryGetValue(table.Key, out string? now) && now != table.Value).Select(table => $"{table.Key}: {table.Value}, then {later.Rows[table.Key]}")];
}
