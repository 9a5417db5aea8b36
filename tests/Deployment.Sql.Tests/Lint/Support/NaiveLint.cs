using System.Text.RegularExpressions;

namespace Deployment.Sql.Tests.Lint.Support;

/// <summary>What many tools do: look for words in the text. It is here to show what the corpus can tell apart.</summary>
internal static partial class NaiveLint
{
    internal static bool Finds(string text) => Dangerous().IsMatch(text);

    [GeneratedRegex(
        @"\b(DROP\s+(TABLE|COLUMN|VIEW|TYPE|SCHEMA|FUNCTION|INDEX)|RENAME|TRUNCATE|CREATE\s+(UNIQUE\s+)?INDEX(?!\s+CONCURRENTLY)|SET\s+NOT\s+NULL|TYPE\s+\w+|LOCK\s+TABLE"
        + @"|VACUUM|CLUSTER|COMMIT|ROLLBACK|DELETE\s+FROM|UPDATE\s+\w+\s+SET|FOREIGN\s+KEY|REFERENCES|CHECK|UNIQUE|NOT\s+NULL|random\(\)|lock_timeout|REVOKE|REINDEX|CASCADE)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Dangerous();
}
