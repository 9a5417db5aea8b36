using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary><c>ALTER TABLE … DROP COLUMN</c> while the old release may still read the column.</summary>
internal sealed class DropColumn() : SqlRule(SqlLintScope.BeforeContract, new(
    "drop-column",
    SqlSeverity.Error,
    "The release that runs still reads and writes the column, and what is in it is gone.",
    "Let the new release stop using it, and drop it in the contract."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from alter in context.AltersOfOldTables
        from action in alter.Actions
        let column = Column(action)
        where column is not null
        select new SqlHit(action[0].Line, $"The column {column} of {alter.Table} is dropped.");

    /// <summary>The column that an action drops; null where it does something else.</summary>
    internal static SqlName? Column(IReadOnlyList<SqlToken> action)
    {
        var cursor = new SqlCursor(action);
        if (!cursor.Take("drop") || cursor.Looks("constraint"))
        {
            return null;
        }

        _ = cursor.Take("column");
        _ = cursor.TakeIfExists();
        return cursor.TakeName();
    }
}
