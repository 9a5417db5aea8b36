using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>An <c>ALTER TABLE</c> statement.</summary>
/// <param name="Index">Which statement of the file it is.</param>
/// <param name="Table">The table.</param>
/// <param name="Actions">What is done to it, each without the comma.</param>
internal sealed record SqlAlterTable(int Index, SqlName Table, IReadOnlyList<IReadOnlyList<SqlToken>> Actions)
{
    /// <summary>The name that it gets by <c>RENAME TO</c>.</summary>
    internal SqlName? NewName
    {
        get
        {
            var cursor = new SqlCursor(Actions[0]);
            return cursor.Take("rename", "to") ? cursor.TakeName() : null;
        }
    }

    internal static SqlAlterTable? Read(SqlStatement statement, int index)
    {
        SqlCursor cursor = statement.Read();
        if (!cursor.Take("alter", "table") && !cursor.Take("alter", "foreign", "table"))
        {
            return null;
        }

        _ = cursor.TakeIfExists();
        _ = cursor.Take("only");
        SqlName? table = cursor.TakeName();
        _ = cursor.TakeSymbol("*");
        IReadOnlyList<IReadOnlyList<SqlToken>> actions = SqlNesting.SplitAtCommas(cursor.Rest);
        return table is null || actions.Count == 0 ? null : new SqlAlterTable(index, table, actions);
    }
}
