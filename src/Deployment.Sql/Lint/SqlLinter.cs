using Deployment.Migrations;
using Deployment.Sql.Scripts;

namespace Deployment.Sql.Lint;

/// <summary>Lets every rule look at every file that it is for.</summary>
internal static class SqlLinter
{
    internal static SqlLintRule UnusedIgnore { get; } = new(
        "unused-ignore",
        SqlSeverity.Warning,
        "It would hide what somebody adds later.",
        "Delete the line.");

    internal static IReadOnlyList<SqlFinding> Check(IReadOnlyList<SqlScript> scripts)
    {
        List<SqlFinding> findings = [];
        var proofs = new SqlNotNullProofs();
        foreach (SqlScript script in scripts)
        {
            findings.AddRange(Check(SqlLintFile.Of(script.Source, ScopeOf(script.Phase)), proofs));
            if (script.Undo?.Source is { } undo)
            {
                findings.AddRange(Check(SqlLintFile.Of(undo, SqlLintScope.Undo), new SqlNotNullProofs()));
            }
        }

        return findings;
    }

    /// <summary>What the rules find in one file, ignored findings included; lines in order.</summary>
    /// <param name="file">The file.</param>
    /// <param name="proofs">What the files before it have proven; this file's proofs are added.</param>
    internal static IReadOnlyList<SqlFinding> Check(SqlLintFile file, SqlNotNullProofs proofs)
    {
        Dictionary<string, SqlIgnore> ignores = file.Header.Ignores.ToDictionary(ignore => ignore.Rule);
        var created = SqlCreated.Of(file.Parts);
        List<SqlFinding> found = [];
        int before = 0;
        foreach (SqlLintPart part in file.Parts)
        {
            var context = new SqlLintContext(file, part, created.Behind(before), proofs);
            found.AddRange(from rule in SqlRules.All
                           where rule.Scope.HasFlag(file.Scope)
                           from hit in rule.Find(context)
                           let ignore = ignores.GetValueOrDefault(rule.Rule.Id)
                           select new SqlFinding(rule.Rule, file.Name, hit.Line, hit.What, ignore?.Reason));
            before += part.All.Count;
        }

        IEnumerable<SqlFinding> unused = ignores.Values.Where(ignore => !found.Any(finding => finding.Rule.Id == ignore.Rule))
            .Select(ignore => new SqlFinding(UnusedIgnore, file.Name, ignore.Line, $"`{ignore.Rule}` is ignored and finds nothing here.", IgnoredBecause: null));
        return [.. found.Concat(unused).OrderBy(finding => finding.Line).ThenBy(finding => finding.Rule.Id, StringComparer.Ordinal)];
    }

    /// <param name="phase">The phase; null for an undo.</param>
    internal static SqlLintScope ScopeOf(MigrationPhase? phase) => phase switch
    {
        null => SqlLintScope.Undo,
        MigrationPhase.Expand => SqlLintScope.Expand,
        MigrationPhase.Backfill => SqlLintScope.Backfill,
        MigrationPhase.Contract => SqlLintScope.Contract,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "There is no such phase."),
    };
}
