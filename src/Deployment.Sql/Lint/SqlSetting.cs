using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>A change of a setting: <c>SET</c>, <c>RESET</c> or <c>set_config</c>.</summary>
/// <param name="Name">The setting; <c>all</c> for RESET ALL.</param>
/// <param name="Line">Its line.</param>
/// <param name="IsLocal">Whether it ends with the transaction.</param>
/// <param name="IsReset">Whether it goes back to what it was when the session began.</param>
/// <param name="Value">The value, without quotes; empty for a reset.</param>
internal sealed record SqlSetting(string Name, int Line, bool IsLocal, bool IsReset, string Value)
{
    internal static SqlSetting? Read(SqlStatement statement)
    {
        SqlCursor cursor = statement.Read();
        if (cursor.Take("reset"))
        {
            return new SqlSetting(NameOf(cursor), statement.Line, IsLocal: false, IsReset: true, "");
        }

        return cursor.Take("set") ? ReadSet(cursor, statement.Line) : ReadFunction(statement);
    }

    private static SqlSetting? ReadSet(SqlCursor cursor, int line)
    {
        if (cursor.Looks("constraints") || cursor.Looks("transaction"))
        {
            return null;
        }

        bool isLocal = cursor.Take("local");
        if (!isLocal && cursor.Looks("session") && !cursor.Looks("authorization", 1))
        {
            cursor.Advance();
        }

        string name = NameOf(cursor);
        if (!cursor.TakeSymbol("="))
        {
            _ = cursor.Take("to");
        }

        bool isReset = cursor.Looks("default");
        return new SqlSetting(name, line, isLocal, isReset, isReset ? "" : string.Concat(cursor.Rest.Select(token => SqlValue.Text(token) ?? token.Text)));
    }

    private static SqlSetting? ReadFunction(SqlStatement statement)
    {
        IReadOnlyList<SqlToken> tokens = statement.Tokens;
        for (int i = 0; i + 6 < tokens.Count; i++)
        {
            if (tokens[i].Is("set_config") && tokens[i + 1].IsSymbol("(") && SqlValue.Text(tokens[i + 2]) is { } name && SqlValue.Text(tokens[i + 4]) is { } value)
            {
                return new SqlSetting(name.ToLowerInvariant(), tokens[i].Line, tokens[i + 6].Is("true"), IsReset: false, value);
            }
        }

        return null;
    }

    private static string NameOf(SqlCursor cursor)
    {
        if (cursor.Take("time", "zone"))
        {
            return "timezone";
        }

        if (cursor.Take("session", "authorization"))
        {
            return "session authorization";
        }

        return string.Join('.', cursor.TakeName()?.Parts ?? []);
    }
}
