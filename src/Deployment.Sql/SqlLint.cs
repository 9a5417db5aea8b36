using Deployment.Sql.Lint;

namespace Deployment.Sql;

/// <summary>
/// Finds in scripts what would stop or break the release that still runs, fail, or lose data. It reads tokens: what stands in strings,
/// quoted names, comments and bodies of functions is no code; bodies of <c>DO</c> blocks are.
/// </summary>
public static class SqlLint
{
    /// <summary>Every rule, by id.</summary>
    public static IReadOnlyList<SqlLintRule> Rules { get; } = [.. SqlRules.All.Select(rule => rule.Rule).Append(SqlLinter.UnusedIgnore).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <summary>What the rules find in scripts and their undos, ignored findings included; scripts in order, lines in order.</summary>
    /// <param name="folder">The scripts. Each is read with those before it: they say which constraints were validated.</param>
    public static IReadOnlyList<SqlFinding> Check(SqlScriptFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return SqlLinter.Check(folder.Scripts);
    }
}
