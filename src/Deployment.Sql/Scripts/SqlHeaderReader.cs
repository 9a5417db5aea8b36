using System.Globalization;
using System.Text.RegularExpressions;
using Deployment.Migrations;
using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Scripts;

/// <summary>
/// Reads the line comments above the first statement: <c>-- KEY: value</c> declares something, and a key that nobody knows is an error,
/// because a declaration with a slip in it would else be a mere comment.
/// </summary>
internal sealed partial class SqlHeaderReader
{
    internal const string Expect = "expect";
    private const int DefaultRows = 1000;

    // Plain, or in double quotes: both can be written into SQL as they are.
    private const string Name = @"(?:[a-z_][a-z0-9_]{0,62}|""(?:[^""\p{Cc}]|"""")+"")";

    private static readonly string[] _scriptKeys = ["transaction", "batch", "destroys-data", "undo", "lint"];
    private static readonly string[] _undoKeys = ["transaction", "lint"];
    private static readonly string[] _all = [.. _scriptKeys, Expect];

    private readonly List<SqlProblem> _problems = [];
    private readonly HashSet<string> _seen = [];
    private SqlHeader _header = SqlHeader.Empty;

    internal static SqlHeader Read(SqlFilePart part, SqlStatements statements, List<SqlProblem> problems)
    {
        var reader = new SqlHeaderReader();
        string[] keys = part switch { SqlFilePart.Script => _scriptKeys, SqlFilePart.Undo => _undoKeys, _ => [Expect] };
        foreach (SqlToken comment in statements.Header)
        {
            reader.Declare(comment, keys);
        }

        reader.FindMisplaced(statements.Comments, keys);
        problems.AddRange(reader._problems);
        return reader._header;
    }

    /// <summary>The rules that are ignored, whichever of these comments says so.</summary>
    internal static IReadOnlyList<SqlIgnore> Ignores(IEnumerable<SqlToken> comments, List<SqlProblem> problems)
    {
        var reader = new SqlHeaderReader();
        foreach (SqlToken comment in comments)
        {
            if (Pair(comment) is ("lint", var value))
            {
                reader.TakeIgnore(comment, value);
            }
        }

        problems.AddRange(reader._problems);
        return reader._header.Ignores;
    }

    /// <summary>Key and value of a comment; null where it declares nothing.</summary>
    internal static (string Key, string Value)? Pair(SqlToken comment)
    {
        Match match = Form().Match(comment.Text);
        return match.Success ? (match.Groups[1].Value, match.Groups[2].Value.Trim()) : null;
    }

    private void Declare(SqlToken comment, string[] keys)
    {
        // What a query of a verification must answer is read with the query.
        if (Pair(comment) is not var (key, value) || (key == Expect && keys.Contains(Expect, StringComparer.Ordinal)))
        {
            return;
        }

        if (!keys.Contains(key, StringComparer.Ordinal))
        {
            Problem(comment, $"`{SqlChars.Printable(key)}:` is no header of this file; it may have {string.Join(", ", keys.Select(known => known + ":"))}. A comment that is none stands in /* */ or below the first statement.");
        }
        else if (!_seen.Add(key) && key != "lint")
        {
            Problem(comment, $"`{key}:` stands here twice. Keep one.");
        }
        else
        {
            Take(comment, key, value);
        }
    }

    private void Take(SqlToken comment, string key, string value)
    {
        switch (key)
        {
            case "transaction" when value == "none":
                _header = _header with { RunsInTransaction = false };
                break;
            case "transaction":
                Problem(comment, "`transaction:` knows one value: none. Scripts run in one transaction where nothing is declared.");
                break;
            case "batch":
                TakeBatch(comment, value);
                break;
            case "destroys-data" when value.Length > 0:
                _header = _header with { DestroysData = value };
                break;
            case "destroys-data":
                Problem(comment, "`destroys-data:` needs a reason: what is destroyed, and why it may be.");
                break;
            case "undo":
                TakeUndo(comment, value);
                break;
            default:
                TakeIgnore(comment, value);
                break;
        }
    }

    private void TakeBatch(SqlToken comment, string value)
    {
        Match match = Batch().Match(value);
        int rows = DefaultRows;
        if (!match.Success || (match.Groups[3].Success && (!int.TryParse(match.Groups[3].Value, NumberStyles.None, CultureInfo.InvariantCulture, out rows) || rows is < 1 or > 1_000_000)))
        {
            Problem(comment, "`batch:` names the table and the key by whose ranges it is filled, and how many rows a range has (1 to 1,000,000, by default 1,000): `-- batch: TABLE.KEY ROWS`, with plain names in lower case or names in double quotes.");
        }
        else
        {
            _header = _header with { Batches = new MigrationBatches(match.Groups[1].Value, match.Groups[2].Value, rows) };
        }
    }

    private void TakeUndo(SqlToken comment, string value)
    {
        string[] words = value.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words is ["nothing" or "impossible", _])
        {
            _header = _header with { Undo = (words[0] == "nothing" ? SqlUndoKind.Nothing : SqlUndoKind.Impossible, words[1]) };
        }
        else
        {
            Problem(comment, "`undo:` says why there is no undo script: `-- undo: nothing REASON` or `-- undo: impossible REASON`. What is run to take a script back stands in a file of its own, NUMBER_NAME.PHASE.undo.sql.");
        }
    }

    private void TakeIgnore(SqlToken comment, string value)
    {
        string[] words = value.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words is not ["ignore", _, ..])
        {
            Problem(comment, "`lint:` is written `-- lint: ignore RULE REASON`.");
        }
        else if (!SqlLint.Rules.Any(rule => rule.Id == words[1]))
        {
            Problem(comment, $"There is no rule `{SqlChars.Printable(words[1])}`. The rules are {string.Join(", ", SqlLint.Rules.Select(rule => rule.Id))}.");
        }
        else if (words.Length < 3)
        {
            Problem(comment, $"Say why `{words[1]}` is ignored: `-- lint: ignore {words[1]} REASON`.");
        }
        else if (!_seen.Add($"lint {words[1]}"))
        {
            Problem(comment, $"`{words[1]}` is ignored here twice. Keep one.");
        }
        else
        {
            _header = _header with { Ignores = [.. _header.Ignores, new SqlIgnore(words[1], words[2], comment.Line)] };
        }
    }

    /// <summary>A declaration that stands too low, or in the wrong file, would be overlooked.</summary>
    private void FindMisplaced(IEnumerable<SqlToken> comments, string[] keys)
    {
        foreach (SqlToken comment in comments)
        {
            if (Pair(comment) is var (key, _) && _all.Contains(key, StringComparer.Ordinal) && !(key == Expect && keys.Contains(Expect, StringComparer.Ordinal)))
            {
                Problem(comment, $"`{key}:` must stand above the first statement{(key == Expect ? " of a query, in a .verify.sql file" : "")}.");
            }
        }
    }

    private void Problem(SqlToken comment, string message) => _problems.Add(new SqlProblem(comment.Line, message));

    [GeneratedRegex(@"\A((?:" + Name + @"\.)?" + Name + @")\.(" + Name + @")(?:\s+([0-9]{1,9}))?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Batch();

    [GeneratedRegex(@"\A--\s*([A-Za-z][A-Za-z_-]*):(?:\s+(.*))?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}
