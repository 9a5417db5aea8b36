namespace Deployment.Sql.Lint.Rules;

/// <summary>A contract that destroys data and doesn't say so.</summary>
internal sealed class UndeclaredDataLoss() : SqlRule(SqlLintScope.Contract, new(
    "undeclared-data-loss",
    SqlSeverity.Error,
    "What it destroys no undo brings back, and nobody has said that it may go.",
    "Declare it at the top: `-- destroys-data: WHAT, AND WHY IT MAY GO`."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        if (context.DestroysData is not null)
        {
            return [];
        }

        var dropped = from drop in context.Drops
                      where drop.Kind is "table" or "schema" or "owned" or "database"
                      from name in drop.Names
                      where !context.Created.IsNew(drop.Kind, name, drop.Index)
                      select new SqlHit(drop.Line, $"The {drop.Kind} {name} is dropped.");
        var columns = from alter in context.AltersOfOldTables
                      from action in alter.Actions
                      let column = DropColumn.Column(action)
                      where column is not null
                      select new SqlHit(action[0].Line, $"The column {column} of {alter.Table} is dropped.");
        var rows = from change in context.Changes
                   where (change.Deletes || change.Emptied is not null) && change.Table is not null && !context.Created.IsNew("table", change.Table, change.Index)
                   select new SqlHit(change.Line, Lost(change));
        var emptied = from found in context.Statements.Select((statement, index) => (statement, index))
                      from table in Truncate.Tables(found.statement)
                      where !context.Created.IsNew("table", table, found.index)
                      select new SqlHit(found.statement.Line, $"The table {table} is emptied.");
        return dropped.Concat(columns).Concat(rows).Concat(emptied);
    }

    private static string Lost(SqlDataChange change) =>
        !change.Deletes ? $"What is in {change.Emptied} of {change.Table} is overwritten with nothing."
        : change.IsBounded ? $"Rows of {change.Table} are deleted."
        : $"Every row of {change.Table} is deleted.";
}
