using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>
/// The body of a <c>DO</c> block, which runs with its script: its statements are code of the script. Bodies of functions run later, if
/// ever, and are none.
/// </summary>
internal static class SqlBlock
{
    private static readonly string[] _control =
        ["begin", "declare", "if", "elsif", "elseif", "else", "case", "when", "then", "loop", "for", "foreach", "while", "exception", "end"];

    /// <summary>The statements of a <c>DO</c> block's body, with their lines in the script. Where they can't be told, it says so.</summary>
    internal static (IReadOnlyList<SqlStatement> Statements, bool IsReadable) Body(SqlStatement statement)
    {
        if (!statement.Tokens[0].Is("do"))
        {
            return ([], true);
        }

        SqlToken? body = statement.Tokens.FirstOrDefault(token => token.Kind is SqlTokenKind.DollarString or SqlTokenKind.String);
        if (body is null || !SqlValue.IsPlain(body) || !IsProcedural(statement.Tokens))
        {
            return ([], false);
        }

        // What stands before the body is on its first line, because tags have no line breaks.
        SqlTokens read = SqlTokenizer.Read(SqlValue.Text(body)!, body.Line);
        return ([.. Cut(read.All.Where(token => token.IsCode))], read.Problems.Count == 0);
    }

    private static bool IsProcedural(IReadOnlyList<SqlToken> tokens)
    {
        for (int i = 0; i + 1 < tokens.Count; i++)
        {
            if (tokens[i].Is("language"))
            {
                return (SqlValue.Name(tokens[i + 1]) ?? SqlValue.Text(tokens[i + 1])) == "plpgsql";
            }
        }

        return true;
    }

    /// <summary>
    /// Statements end with a semicolon. What steers the block (IF … THEN, LOOP, BEGIN) ends where the statements that it steers begin; in
    /// a statement of SQL those words belong to it (CASE … THEN).
    /// </summary>
    private static IEnumerable<SqlStatement> Cut(IEnumerable<SqlToken> tokens)
    {
        List<SqlToken> current = [];
        int depth = 0;
        int cases = 0;
        foreach (SqlToken token in tokens)
        {
            depth += SqlNesting.Step(token);
            cases += current.Count > 0 ? CaseStep(token) : 0;
            bool ends = depth <= 0 && token.IsSymbol(";");
            bool steers = depth <= 0 && cases <= 0 && (Steers(token, current) || EndsLabel(token, current));
            if (!ends)
            {
                current.Add(token);
            }

            if ((ends || steers) && current.Count > 0)
            {
                yield return Statement(current);
                current = [];
                cases = 0;
            }

            depth = ends ? 0 : depth;
        }

        if (current.Count > 0)
        {
            yield return Statement(current);
        }
    }

    private static bool Steers(SqlToken token, List<SqlToken> current) =>
        token.IsAny("then", "else", "loop", "begin") && (current.Count == 0 || current[0].IsAny(_control));

    private static bool EndsLabel(SqlToken token, List<SqlToken> current) => token.IsSymbol(">>") && current.Count > 0 && current[0].IsSymbol("<<");

    /// <summary>A CASE within a statement has words of its own that steer nothing; one that begins a statement steers.</summary>
    private static int CaseStep(SqlToken token) => token.Is("case") ? 1 : token.Is("end") ? -1 : 0;

    private static SqlStatement Statement(List<SqlToken> tokens) => new(string.Join(' ', tokens.Select(token => token.Text)), tokens, [], InBlock: true);
}
