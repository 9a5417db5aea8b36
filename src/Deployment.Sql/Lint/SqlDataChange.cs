using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>A change of rows: a statement, or one within a <c>WITH</c>.</summary>
/// <param name="Index">Which statement of the file it is in.</param>
/// <param name="Line">Its line.</param>
/// <param name="Verb">insert, update, delete, merge or copy.</param>
/// <param name="Table">The table; null where that can't be told.</param>
/// <param name="IsBounded">Whether a condition says which rows.</param>
/// <param name="Deletes">Whether rows are gone afterwards.</param>
/// <param name="Emptied">The first column that gets NULL, its default or an empty text; null for none.</param>
internal sealed record SqlDataChange(int Index, int Line, string Verb, SqlName? Table, bool IsBounded, bool Deletes, string? Emptied)
{
    private static readonly string[] _verbs = ["insert", "update", "delete", "merge"];

    internal static IEnumerable<SqlDataChange> Read(SqlStatement statement, int index)
    {
        IReadOnlyList<SqlToken> tokens = statement.Tokens;
        if (tokens[0].Is("copy") && SqlWords.Outside(tokens, "from") && !tokens[1].IsSymbol("("))
        {
            yield return new SqlDataChange(index, tokens[0].Line, "copy", new SqlCursor(tokens, 1).TakeName(), IsBounded: true, Deletes: false, Emptied: null);
        }

        bool hasParts = tokens[0].IsAny("with", "for", "copy", "prepare") || (tokens[0].Is("explain") && tokens.Any(token => token.IsAny("analyze", "analyse"))) || IsTableOfParts(tokens);
        int depth = 0;
        for (int i = 0; i < tokens.Count && (i == 0 || hasParts); i++)
        {
            depth += SqlNesting.Step(tokens[i]);
            if (tokens[i].IsAny(_verbs) && (i == 0 || BeginsPart(tokens, i)))
            {
                yield return Change(tokens, i, index, out i);
                // Behind the parts comes one statement, and nothing behind that.
                hasParts = depth > 0;
            }
        }
    }

    /// <summary>A table that is made of what a change returns: the usual way to archive rows and delete them.</summary>
    private static bool IsTableOfParts(IReadOnlyList<SqlToken> tokens) =>
        tokens[0].Is("create") && tokens.Skip(1).Take(3).Any(token => token.Is("table")) && tokens.Zip(tokens.Skip(1)).Any(pair => pair.First.Is("as") && pair.Second.Is("with"));

    /// <summary>Behind the parenthesis of a query of <c>WITH</c> or <c>COPY</c>, or behind the last of them; behind what is done with a statement; in a block, behind <c>FOR … IN</c>.</summary>
    private static bool BeginsPart(IReadOnlyList<SqlToken> tokens, int i) =>
        tokens[i - 1].IsSymbol(")") || (tokens[0].Is("for") && tokens[i - 1].Is("in"))
        || (tokens[0].Is("explain") && tokens[i - 1].IsAny("analyze", "analyse", "verbose"))
        || (tokens[0].Is("prepare") && tokens[i - 1].Is("as"))
        || (tokens[i - 1].IsSymbol("(") && i > 1 && tokens[i - 2].IsAny("as", "materialized", "copy"));

    /// <param name="tokens">The statement.</param>
    /// <param name="start">Where the change begins.</param>
    /// <param name="index">Which statement it is.</param>
    /// <param name="last">Its last token: within a change there is no other.</param>
    private static SqlDataChange Change(IReadOnlyList<SqlToken> tokens, int start, int index, out int last)
    {
        string verb = tokens[start].Text.ToLowerInvariant();
        var cursor = new SqlCursor(tokens, start + 1);
        _ = cursor.TakeAny("from", "into");
        _ = cursor.Take("only");
        SqlName? table = cursor.TakeName();
        List<SqlToken> rest = Part(tokens, cursor.Position);
        last = Math.Max(start, cursor.Position + rest.Count - 1);
        bool bounded = verb switch { "insert" => true, "merge" => SqlMerge.IsBounded(rest), _ => HasCondition(rest) };
        bool deletes = verb == "delete" || (verb == "merge" && SqlWords.Outside(rest, "then", "delete"));
        return new SqlDataChange(index, tokens[start].Line, verb, table, bounded, deletes, verb == "delete" ? null : SqlAssignments.Emptied(rest));
    }

    /// <summary>What belongs to a part: up to the parenthesis that closes it.</summary>
    private static List<SqlToken> Part(IReadOnlyList<SqlToken> tokens, int from)
    {
        int depth = 0;
        List<SqlToken> part = [];
        for (int i = from; i < tokens.Count && (depth += SqlNesting.Step(tokens[i])) >= 0; i++)
        {
            part.Add(tokens[i]);
        }

        return part;
    }

    private static bool HasCondition(List<SqlToken> part)
    {
        int depth = 0;
        for (int i = 0; i < part.Count; i++)
        {
            depth += SqlNesting.Step(part[i]);
            if (depth == 0 && part[i].Is("where"))
            {
                return !IsTrivial(part.Skip(i + 1).TakeWhile(token => !token.Is("returning")));
            }
        }

        return false;
    }

    /// <summary>A condition that is always true is none.</summary>
    internal static bool IsTrivial(IEnumerable<SqlToken> condition) =>
        condition.Where(token => !token.IsSymbol("(") && !token.IsSymbol(")")).Take(4).Select(token => token.Text.ToLowerInvariant()).ToArray() is ["true"] or ["1", "=", "1"];
}
