using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>What an <c>UPDATE</c>, also one of <c>MERGE</c> or <c>ON CONFLICT</c>, writes into columns.</summary>
internal static class SqlAssignments
{
    private const int MostParentheses = 4;

    private static readonly string[] _behind = ["from", "where", "returning", "when"];

    /// <summary>The first column that loses what was in it: it gets NULL, its default or an empty text. Null where there is none.</summary>
    /// <param name="rest">What stands behind the table.</param>
    internal static string? Emptied(IReadOnlyList<SqlToken> rest)
    {
        int depth = 0;
        List<SqlToken>? assignment = null;
        foreach (SqlToken token in rest)
        {
            depth += SqlNesting.Step(token);
            bool isPlain = depth == 0;
            bool ends = isPlain && (token.IsSymbol(",") || token.IsAny(_behind));
            if (ends && assignment is not null && Emptied(new SqlCursor(assignment)) is { } column)
            {
                return column;
            }

            if (isPlain && token.Is("set") && assignment is null)
            {
                assignment = [];
            }
            else if (ends)
            {
                assignment = assignment is null || !token.IsSymbol(",") ? null : [];
            }
            else
            {
                assignment?.Add(token);
            }
        }

        return assignment is null ? null : Emptied(new SqlCursor(assignment));
    }

    private static string? Emptied(SqlCursor assignment)
    {
        if (assignment.TakeName() is { } column)
        {
            return assignment.TakeSymbol("=") && IsNothing(assignment.Rest) ? column.ToString() : null;
        }

        IReadOnlyList<SqlToken> all = assignment.Rest;
        if (all.Count == 0 || !all[0].IsSymbol("("))
        {
            return null;
        }

        int close = SqlNesting.Close(all, 0);
        var value = new SqlCursor(all, close + 1);
        if (!value.TakeSymbol("="))
        {
            return null;
        }

        _ = value.Take("row");
        IReadOnlyList<SqlToken> values = value.Rest;
        return values.Count > 1 && values[0].IsSymbol("(")
            ? SqlNesting.SplitAtCommas([.. all.Take(close).Skip(1)])
                .Zip(SqlNesting.SplitAtCommas([.. values.Take(values.Count - 1).Skip(1)]))
                .Where(pair => IsNothing(pair.Second)).Select(pair => new SqlCursor(pair.First).TakeName()?.ToString()).FirstOrDefault()
            : null;
    }

    private static bool IsNothing(IReadOnlyList<SqlToken> value)
    {
        IReadOnlyList<SqlToken> inner = value;
        for (int i = 0; i < MostParentheses && inner.Count > 2 && inner[0].IsSymbol("(") && SqlNesting.Close(inner, 0) == inner.Count - 1; i++)
        {
            inner = [.. inner.Take(inner.Count - 1).Skip(1)];
        }

        if (SqlWords.At(inner, 0, "cast") && inner.Count > 3)
        {
            return IsEmpty(inner[2]) && inner[3].Is("as");
        }

        return inner.Count > 0 && IsEmpty(inner[0]) && (inner.Count == 1 || inner[1].IsSymbol("::"));
    }

    private static bool IsEmpty(SqlToken token) => token.IsAny("null", "default") || SqlValue.Text(token) == "";
}
