using Deployment.Sql.Tokens;

namespace Deployment.Sql.Statements;

/// <summary>
/// Cuts a text into statements: at each semicolon that stands neither in parentheses (<c>CREATE RULE … DO (…; …)</c>) nor in the body of a
/// function in standard SQL (<c>BEGIN ATOMIC … END</c>).
/// </summary>
internal sealed class SqlSplitter
{
    private readonly string _text;
    private readonly List<SqlStatement> _statements = [];
    private readonly List<SqlToken> _header = [];
    private readonly List<SqlToken> _allComments = [];
    private readonly List<SqlProblem> _problems = [];
    private readonly Stack<SqlToken> _open = new();
    private List<SqlToken> _tokens = [];
    private List<SqlToken> _comments = [];
    private int _bodies;

    private SqlSplitter(string text) => _text = text;

    /// <param name="text">The text.</param>
    /// <param name="line">The line on which it begins, from 1.</param>
    internal static SqlStatements Read(string text, int line = 1)
    {
        SqlTokens read = SqlTokenizer.Read(text, line);
        var splitter = new SqlSplitter(text);
        foreach (SqlToken token in read.All)
        {
            splitter.Next(token);
        }

        splitter.Finish();
        return new SqlStatements(splitter._statements, splitter._header, splitter._allComments, [.. read.Problems.Concat(splitter._problems).OrderBy(problem => problem.Line)]);
    }

    private void Next(SqlToken token)
    {
        if (token.Kind == SqlTokenKind.LineComment)
        {
            bool beforeAll = _statements.Count == 0 && _tokens.Count == 0;
            (beforeAll ? _header : _allComments).Add(token);
            _comments.Add(token);
        }
        else if (token.IsSymbol(";") && _open.Count == 0 && _bodies == 0)
        {
            Finish();
        }
        else if (token.IsCode)
        {
            Nest(token);
            _tokens.Add(token);
        }
    }

    private void Nest(SqlToken token)
    {
        if (token.IsSymbol("("))
        {
            _open.Push(token);
        }
        else if (token.IsSymbol(")") && !_open.TryPop(out _))
        {
            _problems.Add(new SqlProblem(token.Line, "The ) here closes nothing."));
        }
        else if (token.Kind == SqlTokenKind.Word && !IsLabel())
        {
            NestBodies(token);
        }
    }

    /// <summary>Counts what ends with END: only a body that was begun can have any.</summary>
    private void NestBodies(SqlToken token)
    {
        if (token.Is("atomic") && _tokens.Count > 0 && _tokens[^1].Is("begin") && MakesFunction())
        {
            _bodies++;
        }
        else if (_bodies > 0 && token.Is("case"))
        {
            _bodies++;
        }
        else if (_bodies > 0 && token.Is("end"))
        {
            _bodies--;
        }
    }

    /// <summary>Keywords are names behind a dot or AS.</summary>
    private bool IsLabel() => _tokens.Count > 0 && (_tokens[^1].IsSymbol(".") || _tokens[^1].Is("as"));

    private bool MakesFunction()
    {
        var cursor = new SqlCursor(_tokens);
        return cursor.Take("create") && (cursor.Take("or", "replace") || true) && cursor.TakeAny("function", "procedure");
    }

    private void Finish()
    {
        foreach (SqlToken open in _open.Reverse())
        {
            _problems.Add(new SqlProblem(open.Line, "The ( here is not closed."));
        }

        if (_bodies > 0)
        {
            _problems.Add(new SqlProblem(_tokens[0].Line, "The body of this function begins with BEGIN ATOMIC and has no END."));
        }

        if (_tokens.Count > 0)
        {
            _statements.Add(new SqlStatement(_text[_tokens[0].Start.._tokens[^1].End], _tokens, _comments));
            _comments = [];
        }

        _open.Clear();
        _bodies = 0;
        _tokens = [];
    }
}
