using Deployment.Migrations;
using Deployment.Sql;
using Deployment.Sql.Lint;

namespace Deployment.Providers.EntityFrameworkCore.Reading;

/// <summary>Looks at what migrations send to PostgreSQL by the rules of SQL scripts: what EF Core makes of operations, and SQL of one's own. It is shown them in their order.</summary>
internal sealed class EfLint
{
    /// <summary>How it is done here, where the rules speak of scripts.</summary>
    private static readonly Dictionary<string, string> _instead = new(StringComparer.Ordinal)
    {
        ["index-not-concurrent"] = "Make it in a migration of its own, by CreateIndex(…).Annotation(\"Npgsql:CreatedConcurrently\", true).",
        ["drop-index-not-concurrent"] = "Drop it in a migration of its own, or in the Down of one, by Sql(\"DROP INDEX CONCURRENTLY …\", suppressTransaction: true).",
        ["add-unique-constraint"] = "Make a unique index in a migration of its own, by CreateIndex(…, unique: true).Annotation(\"Npgsql:CreatedConcurrently\", true); then ADD CONSTRAINT … UNIQUE USING INDEX by SQL.",
        ["not-in-transaction"] = "Put it into a migration of its own, by Sql(…, suppressTransaction: true).",
        ["transaction-control"] = "Leave transactions to the migrator, or pass suppressTransaction: true.",
        ["undeclared-data-loss"] = "Say so above its class: [ContractMigration(DestroysData = \"…\")].",
    };

    private readonly SqlCodeLinter _linter = new();

    /// <param name="id">The migration.</param>
    /// <param name="phase">When it runs.</param>
    /// <param name="script">What is sent.</param>
    /// <param name="undo">What is sent to undo it; null for nothing.</param>
    /// <param name="lost">Which data it says to destroy; null for none.</param>
    internal EfFindings Check(string id, MigrationPhase phase, string script, string? undo, string? lost)
    {
        (IReadOnlyList<SqlFinding> Findings, IReadOnlyList<string> Problems)[] checks =
        [
            _linter.Check(Code(id, phase, script, lost)),
            .. undo is null ? Array.Empty<(IReadOnlyList<SqlFinding>, IReadOnlyList<string>)>() : [_linter.Check(Code($"The Down of {id}", null, undo, lost: null))],
        ];
        ILookup<bool, SqlFinding> byProblem = checks.SelectMany(check => check.Findings).ToLookup(finding => finding is { IsIgnored: false, Rule.Severity: SqlSeverity.Error });
        return new EfFindings([.. byProblem[true].Select(Words), .. checks.SelectMany(check => check.Problems)], [.. byProblem[false].Select(Words)]);
    }

    private static SqlCode Code(string name, MigrationPhase? phase, string script, string? lost) =>
        new(name, phase, [.. EfScript.Read(script).Select(command => (command.Sql, command.Line, command.InTransaction))], lost);

    private static string Words(SqlFinding finding) => finding.IsIgnored
        ? finding.ToString()
        : $"{finding with { Rule = finding.Rule with { Instead = _instead.GetValueOrDefault(finding.Rule.Id, finding.Rule.Instead) } }}{(finding.Rule.Severity == SqlSeverity.Error ? $" If it may be so, write `-- lint: ignore {finding.Rule.Id} REASON` into an Sql(…) there." : "")}";
}
