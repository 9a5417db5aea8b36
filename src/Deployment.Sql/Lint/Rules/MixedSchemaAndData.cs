namespace Deployment.Sql.Lint.Rules;

/// <summary>One transaction that changes a table's schema and rows that were there.</summary>
internal sealed class MixedSchemaAndData() : SqlRule(SqlLintScope.Forward, new(
    "mixed-schema-and-data",
    SqlSeverity.Error,
    "The lock that the change of the schema takes is held for as long as the rows take.",
    "Change the schema in the expand and the rows in the backfill."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        SqlDataChange? rows = context.Changes.FirstOrDefault(change => change.Table is { } table && !context.Created.IsNew("table", table, change.Index));
        if (context.RunsInTransaction && rows is not null && ChangesSchema(context))
        {
            yield return new SqlHit(rows.Line, $"Rows of {rows.Table} change in the transaction that changes the schema of a table that others use.");
        }
    }

    private static bool ChangesSchema(SqlLintContext context) =>
        context.AltersOfOldTables.Any(alter => alter.Actions.Any(action => SqlNotNullProofs.Validated(action) is null))
        || context.Drops.Any(drop => drop.Kind == "table" && drop.Names.Any(name => !context.Created.IsNew("table", name, drop.Index)))
        || context.Statements.Select((statement, index) => (Create: SqlCreate.Read(statement), index))
            .Any(found => found.Create is { Kind: "index" or "trigger", Concurrently: false, On: { } table } && !context.Created.IsNew("table", table, found.index));
}
