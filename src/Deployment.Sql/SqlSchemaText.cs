using Deployment.Sql.Scripts;
using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql;

/// <summary>Compares what a database's own tool prints of its schema, such as <c>pg_dump --schema-only</c>: by statements, whatever their order, comments and white space between them.</summary>
public static class SqlSchemaText
{
    /// <summary>What differs, in the unified form that diff and git print; empty where nothing does.</summary>
    /// <param name="before">A schema as SQL.</param>
    /// <param name="after">Another one.</param>
    public static string Difference(string before, string after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        List<string> gone = StatementsOf(before);
        List<string> come = [];
        foreach (IGrouping<string, string> statement in StatementsOf(after).GroupBy(text => text, StringComparer.Ordinal))
        {
            int same = gone.Count(text => text == statement.Key);
            gone.RemoveAll(text => text == statement.Key);
            gone.AddRange(Enumerable.Repeat(statement.Key, Math.Max(0, same - statement.Count())));
            come.AddRange(Enumerable.Repeat(statement.Key, Math.Max(0, statement.Count() - same)));
        }

        // In order, so that two forms of one thing stand beside each other.
        return SqlTextDiff.Unified(Text(gone), Text(come));
    }

    private static string Text(IEnumerable<string> statements) => string.Concat(statements.Order(StringComparer.Ordinal).Select(statement => $"{statement};\n"));

    /// <summary>Without comments, and without the tool's own commands, whose keys differ each time.</summary>
    private static List<string> StatementsOf(string text)
    {
        string sql = string.Concat(SqlTokenizer.Read(text).All.Where(token => token.Kind is not (SqlTokenKind.MetaCommand or SqlTokenKind.LineComment or SqlTokenKind.BlockComment)).Select(token => token.Text));
        return [.. SqlSplitter.Read(sql).All.Select(statement => statement.Text)];
    }
}
