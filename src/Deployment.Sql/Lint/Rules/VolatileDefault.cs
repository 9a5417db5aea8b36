namespace Deployment.Sql.Lint.Rules;

/// <summary>A new column whose value has to be computed for every row that is there.</summary>
internal sealed class VolatileDefault() : SqlRule(SqlLintScope.Forward, new(
    "volatile-default",
    SqlSeverity.Error,
    "PostgreSQL rewrites the whole table under a lock that stops reads and writes.",
    "Add the column without it, SET DEFAULT in the same script for rows to come, and fill the others in the backfill."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from alter in context.AltersOfOldTables
        from action in alter.Actions
        let column = SqlNewColumn.Read(action)
        where column is not null
        let reason = Reason(column)
        where reason is not null
        select new SqlHit(column.Line, $"The new column {column.Name} of {alter.Table} {reason}.");

    private static string? Reason(SqlNewColumn column) =>
        column.IsSerial || column.IsIdentity ? "takes a number from a sequence for every row"
        : column.IsStored ? "is computed and stored for every row"
        : SqlVolatility.FirstVolatile(column.Default) is { } function ? $"has a default by {function}(), which may differ from row to row"
        : null;
}
