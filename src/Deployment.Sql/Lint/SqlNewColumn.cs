using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>A column that <c>ALTER TABLE … ADD COLUMN</c> adds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Line">Its line.</param>
/// <param name="Definition">Its type and constraints.</param>
internal sealed record SqlNewColumn(SqlName Name, int Line, IReadOnlyList<SqlToken> Definition)
{
    private static readonly string[] _behindDefault = ["constraint", "not", "null", "check", "unique", "primary", "references", "generated", "collate"];

    internal bool IsNotNull => Has("not", "null") || IsPrimaryKey;

    internal bool IsPrimaryKey => Has("primary", "key");

    internal bool IsUnique => Has("unique");

    internal bool IsChecked => Has("check");

    internal bool References => Has("references");

    internal bool IsIdentity => Has("as", "identity");

    internal bool IsStored => Has("stored");

    internal bool IsSerial => SqlValue.Name(Definition[0]) is "serial" or "serial2" or "serial4" or "serial8" or "bigserial" or "smallserial";

    /// <summary>The expression of its default; empty where it has none.</summary>
    internal IReadOnlyList<SqlToken> Default
    {
        get
        {
            int depth = 0;
            int start = -1;
            for (int i = 0; i < Definition.Count; i++)
            {
                depth += SqlNesting.Step(Definition[i]);
                if (depth > 0)
                {
                    continue;
                }

                if (start < 0 && Definition[i].Is("default") && i > 0 && !Definition[i - 1].IsAny("set", "by"))
                {
                    start = i + 1;
                }
                else if (start >= 0 && i > start && Definition[i].IsAny(_behindDefault))
                {
                    return [.. Definition.Skip(start).Take(i - start)];
                }
            }

            return start < 0 ? [] : [.. Definition.Skip(start)];
        }
    }

    internal bool HasDefault => Default.Count > 0 && !(Default.Count == 1 && Default[0].Is("null"));

    internal static SqlNewColumn? Read(IReadOnlyList<SqlToken> action)
    {
        var cursor = new SqlCursor(action);
        if (!cursor.Take("add"))
        {
            return null;
        }

        bool isColumn = cursor.Take("column");
        if (!isColumn && SqlNewConstraint.Read(action) is not null)
        {
            return null;
        }

        _ = cursor.TakeIfExists();
        return cursor.TakeName() is { } name && cursor.Rest is { Count: > 0 } definition ? new SqlNewColumn(name, action[0].Line, definition) : null;
    }

    /// <summary>Whether these words stand in a row outside of parentheses.</summary>
    private bool Has(params string[] words) => SqlWords.Outside(Definition, words);
}
