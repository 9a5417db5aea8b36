using System.Runtime.CompilerServices;
using Deployment.Sql.Lint;

namespace Deployment.Sql.Tests;

/// <summary>docs/sql.md says what is so.</summary>
[Category("Unit")]
public sealed class DocumentationTests
{
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("sql-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Rules_EachIsDocumentedWithScopeAndSeverity()
    {
        string[] rows = [.. File.ReadAllLines(Document()).Where(line => line.StartsWith("| `", StringComparison.Ordinal) && (line.EndsWith("| error |", StringComparison.Ordinal) || line.EndsWith("| warning |", StringComparison.Ordinal)))];

        rows.Select(row => (row.Split('|')[1].Trim(' ', '`'), row.Split('|')[^3].Trim(), row.Split('|')[^2].Trim()))
            .Should().Equal(SqlLint.Rules.Select(rule => (rule.Id, Scope(rule), rule.Severity == SqlSeverity.Error ? "error" : "warning")));
    }

    [Test]
    public async Task Example_OverAFolder_PrintsWhatIsFound()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "001_less.expand.sql"), "-- undo: nothing for a test\nALTER TABLE users DROP COLUMN email;\n");
        using var output = new StringWriter();

        await PrintAsync(_folder, output, CancellationToken.None);

        output.ToString().Should().StartWith("001_less.expand.sql:2: Error drop-column: The column email of users is dropped. ");
    }

    private static async Task PrintAsync(string migrationsFolder, TextWriter output, CancellationToken cancellationToken)
    {
        #region lint
        SqlScriptFolder migrations = await SqlScriptFolder.ReadAsync(migrationsFolder, cancellationToken);
        IReadOnlyList<SqlFinding> findings = SqlLint.Check(migrations);
        foreach (SqlFinding finding in findings.Where(finding => !finding.IsIgnored))
        {
            output.WriteLine(finding);
        }
        #endregion
    }

    private static string Scope(SqlLintRule rule) => SqlRules.All.FirstOrDefault(found => found.Rule == rule)?.Scope switch
    {
        SqlLintScope.BeforeContract => "expand, backfill",
        SqlLintScope.Contract => "contract",
        SqlLintScope.Forward => "all",
        SqlLintScope.All or null => "all, undo",
        var other => throw new InvalidOperationException($"{other} has no words in the table."),
    };

    private static string Document([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../docs/sql.md");
}
