using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>What <c>ALTER TABLE … ALTER COLUMN</c> does to a column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Line">The action's line.</param>
/// <param name="What">What stands behind its name.</param>
internal sealed record SqlColumnChange(SqlName Column, int Line, IReadOnlyList<SqlToken> What)
{
    internal bool Does(params string[] words) => SqlWords.At(What, 0, words);

    internal static SqlColumnChange? Read(IReadOnlyList<SqlToken> action)
    {
        var cursor = new SqlCursor(action);
        if (!cursor.Take("alter") || cursor.Looks("constraint"))
        {
            return null;
        }

        _ = cursor.Take("column");
        return cursor.TakeName() is { } column ? new SqlColumnChange(column, action[0].Line, cursor.Rest) : null;
    }
}
