using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint;

/// <summary>What statements create, change and drop.</summary>
internal static class SqlKind
{
    /// <summary>Takes a kind of one or two words.</summary>
    internal static string Take(SqlCursor cursor)
    {
        foreach ((string first, string second) in new[] { ("materialized", "view"), ("foreign", "table"), ("event", "trigger") })
        {
            if (cursor.Take(first, second))
            {
                return first == "foreign" ? second : $"{first} {second}";
            }
        }

        string kind = cursor.Current?.Text.ToLowerInvariant() ?? "";
        cursor.Advance();
        return kind;
    }
}
