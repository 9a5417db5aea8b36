using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint.Rules;

/// <summary><c>TRUNCATE</c> of a table that others use.</summary>
internal sealed class Truncate() : SqlRule(SqlLintScope.BeforeContract, new(
    "truncate",
    SqlSeverity.Error,
    "It empties the table under a lock that stops reads and writes, and what was in it is gone.",
    "Let the new release stop using the rows, and remove them in the contract with `-- destroys-data:`."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from found in context.Statements.Select((statement, index) => (statement, index))
        from table in Tables(found.statement)
        where !context.Created.IsNew("table", table, found.index)
        select new SqlHit(found.statement.Line, $"The table {table} is emptied.");

    internal static IReadOnlyList<SqlName> Tables(SqlStatement statement)
    {
        SqlCursor cursor = statement.Read();
        if (!cursor.Take("truncate"))
        {
            return [];
        }

        _ = cursor.Take("table");
        return cursor.TakeNames();
    }
}
