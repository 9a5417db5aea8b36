using System.Security.Cryptography;
using System.Text;
using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Syncing;

/// <summary>The names of a change as scripts have them: always in quotes, so that none is a keyword and none is folded.</summary>
internal sealed class SyncedNames
{
    /// <summary>Triggers of a table run by name; this one sees what the others made of a row.</summary>
    internal const string Prefix = "zz_synced_";

    private const int MaxName = 63;

    internal SyncedNames(SyncedChange change, string key)
    {
        Change = change;
        SqlName table = Read(change.Table, 2)!;
        string schema = table.Parts is [var first, _] ? first : "public";
        Table = $"{Quote(schema)}.{Quote(table.Parts[^1])}";
        Old = Quote(Read(change.Old.Name, 1)!.Key);
        News = [.. change.Parts.Select(part => Quote(Read(part.Column.Name, 1)!.Key))];
        Key = Quote(Read(key, 1)!.Key);
        string trigger = Short($"{Prefix}{table.Parts[^1]}_{Read(change.Parts[0].Column.Name, 1)!.Key}");
        Trigger = Quote(trigger);
        Function = $"{Quote(schema)}.{Trigger}";
        TriggerText = Literal(trigger);
    }

    internal SyncedChange Change { get; }

    internal string Table { get; }

    internal string Old { get; }

    internal IReadOnlyList<string> News { get; }

    internal string Key { get; }

    internal string Trigger { get; }

    internal string TriggerText { get; }

    internal string Function { get; }

    /// <summary>The trigger's arguments: by these another one is told that a column is taken.</summary>
    internal IEnumerable<string> Columns => News.Prepend(Old).Select(Unquoted);

    internal static string Literal(string text) => text.Contains('\\', StringComparison.Ordinal)
        ? $"E'{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'"
        : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    internal static string Unquoted(string quoted) => Literal(quoted[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal));

    /// <summary>Reads a name of at most so many parts; null where a text is none.</summary>
    internal static SqlName? Read(string? text, int most)
    {
        SqlTokens read = SqlTokenizer.Read(text ?? "");
        var cursor = new SqlCursor([.. read.All]);
        return read.Problems.Count == 0 && cursor.TakeName() is { } name && cursor.AtEnd && name.Parts.Count <= most && name.Parts.All(IsUsable) && !text!.StartsWith("U&", StringComparison.OrdinalIgnoreCase)
            ? name
            : null;
    }

    private static bool IsUsable(string part) => part.Length > 0 && Encoding.UTF8.GetByteCount(part) <= MaxName && !part.Any(char.IsControl) && !part.Contains("$synced", StringComparison.Ordinal);

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>PostgreSQL would cut a name that is too long, and two might become one.</summary>
    private static string Short(string name) => Encoding.UTF8.GetByteCount(name) <= MaxName
        ? name
        : $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32]}";
}
