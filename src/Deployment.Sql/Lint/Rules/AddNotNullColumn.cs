namespace Deployment.Sql.Lint.Rules;

/// <summary>A new column that must have a value and has no default.</summary>
internal sealed class AddNotNullColumn() : SqlRule(SqlLintScope.Forward, new(
    "add-not-null-column",
    SqlSeverity.Error,
    "It fails where the table has rows, and the release that runs inserts rows without it.",
    "Add it with a constant default, or without NOT NULL; fill it in the backfill and set NOT NULL in the contract."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from alter in context.AltersOfOldTables
        from action in alter.Actions
        let column = SqlNewColumn.Read(action)
        where column is not null && column.IsNotNull && !column.HasDefault && !column.IsSerial && !column.IsIdentity && !column.IsStored
        select new SqlHit(column.Line, $"The new column {column.Name} of {alter.Table} is NOT NULL and has no default.");
}
