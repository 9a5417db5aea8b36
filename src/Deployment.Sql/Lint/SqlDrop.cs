using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint;

/// <summary>A <c>DROP</c> statement.</summary>
/// <param name="Index">Which statement of the file it is.</param>
/// <param name="Line">Its line.</param>
/// <param name="Kind">What is dropped.</param>
/// <param name="Names">The names that are dropped.</param>
/// <param name="Concurrently">For an index: whether it waits without a lock.</param>
internal sealed record SqlDrop(int Index, int Line, string Kind, IReadOnlyList<SqlName> Names, bool Concurrently)
{
    internal static SqlDrop? Read(SqlStatement statement, int index)
    {
        SqlCursor cursor = statement.Read();
        if (!cursor.Take("drop"))
        {
            return null;
        }

        string kind = SqlKind.Take(cursor);
        bool concurrently = cursor.Take("concurrently");
        _ = cursor.TakeIfExists();
        return new SqlDrop(index, statement.Line, kind, cursor.TakeNames(), concurrently);
    }
}
