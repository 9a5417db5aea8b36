using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>A <c>CREATE</c> statement.</summary>
/// <param name="Kind">What is created, such as <c>table</c> or <c>materialized view</c>.</param>
/// <param name="Name">Its name; null for an index without one.</param>
/// <param name="On">For an index or a trigger: the table.</param>
/// <param name="Concurrently">For an index: whether it is built without a lock.</param>
internal sealed record SqlCreate(string Kind, SqlName? Name, SqlName? On, bool Concurrently)
{
    internal static SqlCreate? Read(SqlStatement statement)
    {
        SqlCursor cursor = statement.Read();
        if (!cursor.Take("create"))
        {
            return statement.InBlock ? null : Into(statement);
        }

        _ = cursor.Take("or", "replace");
        while (cursor.TakeAny("temp", "temporary", "local", "global", "unlogged", "unique", "recursive", "constraint"))
        {
        }

        string kind = SqlKind.Take(cursor);
        bool concurrently = cursor.Take("concurrently");
        _ = cursor.TakeIfExists();
        SqlName? name = cursor.Looks("on") ? null : cursor.TakeName();
        while (kind is "index" or "trigger" && !cursor.AtEnd && !cursor.Looks("on"))
        {
            cursor.Advance();
        }

        bool hasTable = cursor.Take("on");
        _ = cursor.Take("only");
        return new SqlCreate(kind, name, hasTable ? cursor.TakeName() : null, concurrently);
    }

    /// <summary><c>SELECT … INTO</c> makes a table; in a block it fills a variable.</summary>
    private static SqlCreate? Into(SqlStatement statement)
    {
        IReadOnlyList<SqlToken> tokens = statement.Tokens;
        int depth = 0;
        for (int i = 0; i < tokens.Count && tokens[0].Is("select"); i++)
        {
            depth += SqlNesting.Step(tokens[i]);
            if (depth == 0 && tokens[i].Is("into"))
            {
                var cursor = new SqlCursor(tokens, i + 1);
                while (cursor.TakeAny("temp", "temporary", "unlogged", "table"))
                {
                }

                return new SqlCreate("table", cursor.TakeName(), On: null, Concurrently: false);
            }
        }

        return null;
    }
}
