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
    /// <summary>Whether it was not there before: neither <c>IF NOT EXISTS</c> nor <c>OR REPLACE</c>.</summary>
    internal bool IsSure { get; private init; } = true;

    /// <summary>Whether only this session knows it.</summary>
    internal bool IsTemporary { get; private init; }

    /// <summary>Whether it is gone when its transaction ends.</summary>
    internal bool EndsWithTransaction { get; private init; }

    internal static SqlCreate? Read(SqlStatement statement)
    {
        SqlCursor cursor = statement.Read();
        if (!cursor.Take("create"))
        {
            return statement.InBlock ? null : Into(statement);
        }

        bool isSure = !cursor.Take("or", "replace");
        bool isTemporary = TakeModifiers(cursor);

        string kind = SqlKind.Take(cursor);
        bool concurrently = cursor.Take("concurrently");
        isSure &= !cursor.TakeIfExists();
        SqlName? name = cursor.Looks("on") ? null : cursor.TakeName();
        while (kind is "index" or "trigger" && !cursor.AtEnd && !cursor.Looks("on"))
        {
            cursor.Advance();
        }

        bool hasTable = cursor.Take("on");
        _ = cursor.Take("only");
        return new SqlCreate(kind, name, hasTable ? cursor.TakeName() : null, concurrently)
        {
            IsSure = isSure,
            IsTemporary = isTemporary,
            EndsWithTransaction = isTemporary && SqlWords.Outside(statement.Tokens, "on", "commit", "drop"),
        };
    }

    /// <summary>Takes what may stand before the kind; whether it says that the thing is temporary.</summary>
    private static bool TakeModifiers(SqlCursor cursor)
    {
        bool isTemporary = false;
        while (cursor.Current is { } word && cursor.TakeAny("temp", "temporary", "local", "global", "unlogged", "unique", "recursive", "constraint"))
        {
            isTemporary |= word.IsAny("temp", "temporary");
        }

        return isTemporary;
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
                bool isTemporary = TakeModifiers(cursor);
                _ = cursor.Take("table");
                return new SqlCreate("table", cursor.TakeName(), On: null, Concurrently: false) { IsTemporary = isTemporary };
            }
        }

        return null;
    }
}
