using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Syncing;

/// <summary>What a user declared, and what is wrong with it.</summary>
/// <param name="Table">The table as it was given.</param>
/// <param name="Old">The column that there is.</param>
/// <param name="Parts">The new ones.</param>
/// <param name="Back">The old column as an expression of the new ones.</param>
/// <param name="IsLossless">Whether the new column has the very values of the old one.</param>
internal sealed record SyncedChange(string Table, SyncedColumn Old, IReadOnlyList<SyncedPart> Parts, string Back, bool IsLossless)
{
    private static readonly string[] _notOfTypes = ["not", "null", "default", "check", "primary", "unique", "references", "generated", "constraint"];

    internal IEnumerable<string> Problems(string key)
    {
        foreach ((string what, string name, int most) in new[] { ("table", Table, 2), ("column", Old.Name, 1), ("key", key, 1) }.Concat(Parts.Select(part => ("column", part.Column.Name, 1))))
        {
            if (SyncedNames.Read(name, most) is null)
            {
                yield return $"`{SqlChars.Printable(name ?? "")}` is no name of a {what}. Write it as SQL has it, such as {(most == 2 ? "shop.orders" : "name")}, and in double quotes where it is not in lower case.";
            }
        }

        if (Parts.Count == 0)
        {
            yield return "There is no new column. Name at least one.";
        }

        if (Parts.Select(part => part.Column.Name).Append(Old.Name).Select(name => SyncedNames.Read(name, 1)?.Key).OfType<string>().GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            yield return $"Two columns are called {SqlChars.Printable(twice.Key)}. The old column and each new one have a name of their own.";
        }

        foreach (string problem in Parts.Select(part => part.Column).Prepend(Old).SelectMany(Problems).Concat(Parts.SelectMany(part => Unusable("The expression forward", part.Forward))).Concat(Unusable("The expression back", Back)))
        {
            yield return problem;
        }
    }

    internal SyncedNames Named(string key) => new(this, key);

    private static IEnumerable<string> Problems(SyncedColumn column)
    {
        foreach (string problem in Unusable($"The type of {SqlChars.Printable(column.Name)}", column.Type).Concat(column.Default is null ? [] : Unusable($"The default of {SqlChars.Printable(column.Name)}", column.Default)))
        {
            yield return problem;
        }

        SqlToken[] type = [.. SqlTokenizer.Read(column.Type ?? "").All.Where(token => token.IsCode)];
        if (type.FirstOrDefault(token => token.IsAny(_notOfTypes)) is { } word)
        {
            yield return $"The type of {SqlChars.Printable(column.Name)} has the word {word.Text}. Write the type alone; Default and IsRequired say the rest.";
        }
        else if (SqlNesting.SplitAtCommas(type).Count > 1)
        {
            yield return $"The type of {SqlChars.Printable(column.Name)} has a comma outside of parentheses. Write the type alone.";
        }
    }

    /// <summary>Why a text can't stand in parentheses of a script and of a function's body: it would end them, or swallow what stands behind it.</summary>
    private static IEnumerable<string> Unusable(string what, string? sql)
    {
        SqlStatements read = SqlSplitter.Read(sql ?? "");
        if (read.All.Count != 1 || read.Problems.Count > 0 || sql!.TrimEnd().EndsWith(';'))
        {
            yield return $"{what} is no expression of SQL: `{SqlChars.Printable(sql ?? "")}`{string.Concat(read.Problems.Select(problem => $" {problem.Message}"))}";
        }
        else if (read.Header.Count + read.Comments.Count > 0 || sql.Contains("/*", StringComparison.Ordinal) || sql.Contains("$synced", StringComparison.Ordinal) || read.All[0].Tokens.Any(token => token.Kind == SqlTokenKind.Parameter) || sql.Contains('\r', StringComparison.Ordinal))
        {
            yield return $"{what} has a comment, a parameter, a carriage return or the quote $synced: `{SqlChars.Printable(sql)}`. Leave it out.";
        }
    }
}
