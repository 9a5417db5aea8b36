using Deployment.Sql.Lint;
using Deployment.Sql.Statements;

namespace Deployment.Sql.Running;

/// <summary>Finds the index that a statement makes beside running writers: when that fails, half of it stays.</summary>
internal static class ConcurrentIndex
{
    internal const string NoName = "this index is made concurrently and has no name: if that fails, nobody would know which one was left half made. Give it a name.";

    /// <summary>Whether a statement makes one that has no name.</summary>
    internal static bool HasNoName(SqlStatement statement) => SqlCreate.Read(statement) is { Kind: "index", Concurrently: true, Name: null };

    /// <summary>Its name, quoted, with the schema of its table; null where the statement makes none, or none with a name.</summary>
    internal static string? MadeBy(SqlStatement statement) => SqlCreate.Read(statement) is { Kind: "index", Concurrently: true, Name: { } name, On: { } table }
        ? string.Join('.', table.Parts.SkipLast(1).TakeLast(1).Append(name.Parts[^1]).Select(part => $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))
        : null;
}
