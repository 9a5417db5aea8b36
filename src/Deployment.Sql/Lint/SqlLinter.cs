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
            findings.AddRange(Check(new SqlLintContext(script.Source, ScopeOf(script.Phase), proofs)));
            if (script.Undo?.Source is { } undo)
            {
                findings.AddRange(Check(new SqlLintContext(undo, SqlLintScope.Undo, new SqlNotNullProofs())));
            }
        }

        return findings;
    }

    private static IEnumerable<SqlFinding> Check(SqlLintContext context)
    {
        Dictionary<string, SqlIgnore> ignores = context.Source.Header.Ignores.ToDictionary(ignore => ignore.Rule);
        SqlFinding[] found =
        [
            .. from rule in SqlRules.All
               where rule.Scope.HasFlag(context.Scope)
               from hit in rule.Find(context)
               let ignore = ignores.GetValueOrDefault(rule.Rule.Id)
               select new SqlFinding(rule.Rule, context.Source.FileName, hit.Line, hit.What, ignore?.Reason),
        ];
        IEnumerable<SqlFinding> unused = ignores.Values.Where(ignore => !found.Any(finding => finding.Rule.Id == ignore.Rule))
            .Select(ignore => new SqlFinding(UnusedIgnore, context.Source.FileName, ignore.Line, $"`{ignore.Rule}` is ignored and finds nothing here.", IgnoredBecause: null));
        return found.Concat(unused).OrderBy(finding => finding.Line).ThenBy(finding => finding.Rule.Id, StringComparer.Ordinal);
    }

    private static SqlLintScope ScopeOf(MigrationPhase phase) => phase switch
    {
        MigrationPhase.Expand => SqlLintScope.Expand,
        MigrationPhase.Backfill => SqlLintScope.Backfill,
        MigrationPhase.Contract => SqlLintScope.Contract,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "There is no such phase."),
    };
}
