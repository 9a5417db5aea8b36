using Deployment.Sql.Scripts;

namespace Deployment.Sql.Tests.Lint;

[Category("Unit")]
public sealed class SqlLintTests
{
    private static IReadOnlyList<SqlFinding> Check(string expand)
    {
        (IReadOnlyList<SqlScript> scripts, IReadOnlyList<string> errors) = SqlFolderReader.Read([new SqlFile("001_a.expand.sql", "-- undo: nothing for a test\n" + expand)]);
        errors.Should().BeEmpty();
        return SqlLint.Check(new SqlScriptFolder("folder", scripts));
    }

    [Test]
    public void Check_IgnoredRule_IsStillToldWithItsReason()
    {
        SqlFinding finding = Check("-- lint: ignore drop-column nobody ever read it\nALTER TABLE users DROP COLUMN email;").Should().ContainSingle().Subject;

        finding.IsIgnored.Should().BeTrue();
        finding.IgnoredBecause.Should().Be("nobody ever read it");
        finding.ToString().Should().Be("001_a.expand.sql:3: ignored drop-column: The column email of users is dropped. (reason: nobody ever read it)");
    }

    [Test]
    public void Check_IgnoredRule_HidesNoOther()
    {
        IReadOnlyList<SqlFinding> findings = Check("-- lint: ignore drop-column nobody ever read it\nALTER TABLE users DROP COLUMN email CASCADE;");

        findings.Select(finding => (finding.Rule.Id, finding.IsIgnored)).Should().Equal(("cascade", false), ("drop-column", true));
    }

    [Test]
    public void Check_HostileNames_ArePrintedWithoutTheirCommands() =>
        Check("DROP TABLE \"a\u001b[31m\u202e\nb\";").Single().What.Should().Be("The table a\\u001b[31m\\u202e\\u000ab is dropped.");

    [Test]
    public void Check_LinesOfWindows_AreCountedAlike() =>
        Check("SELECT 1;\r\n\r\nDROP TABLE a;".ReplaceLineEndings("\r\n")).Single().Line.Should().Be(4);

    [Test]
    public void Rules_AreKnownByTheirIds()
    {
        SqlLint.Rules.Should().OnlyHaveUniqueItems(rule => rule.Id).And.BeInAscendingOrder(rule => rule.Id, StringComparer.Ordinal);
        SqlLint.Rules.Should().AllSatisfy(rule => rule.Id.Should().MatchRegex("^[a-z]+(-[a-z]+)*$"));
    }

    // Half of a statement is what a person has while writing: whatever is missing, the lint says what it can and doesn't fall over.
    [TestCase("ALTER TABLE")]
    [TestCase("ALTER TABLE a")]
    [TestCase("ALTER TABLE a ADD")]
    [TestCase("ALTER TABLE a ADD COLUMN")]
    [TestCase("ALTER TABLE a ADD COLUMN b")]
    [TestCase("ALTER TABLE a ADD COLUMN b default")]
    [TestCase("ALTER TABLE a ADD CONSTRAINT")]
    [TestCase("ALTER TABLE a ADD CONSTRAINT b CHECK")]
    [TestCase("ALTER TABLE a ALTER")]
    [TestCase("ALTER TABLE a ,,")]
    [TestCase("ALTER TABLE a RENAME")]
    [TestCase("ALTER TYPE")]
    [TestCase("ALTER TYPE a ADD VALUE")]
    [TestCase("ALTER")]
    [TestCase("CREATE")]
    [TestCase("CREATE INDEX")]
    [TestCase("CREATE UNIQUE INDEX CONCURRENTLY a ON")]
    [TestCase("CREATE TEMP")]
    [TestCase("DROP")]
    [TestCase("DROP INDEX CONCURRENTLY")]
    [TestCase("DO")]
    [TestCase("DO LANGUAGE")]
    [TestCase("DO $$ BEGIN IF $$")]
    [TestCase("SET")]
    [TestCase("SET LOCAL")]
    [TestCase("RESET")]
    [TestCase("LOCK")]
    [TestCase("TRUNCATE")]
    [TestCase("REVOKE")]
    [TestCase("REVOKE ALL ON")]
    [TestCase("UPDATE")]
    [TestCase("DELETE FROM")]
    [TestCase("WITH a AS (DELETE")]
    [TestCase("COPY")]
    [TestCase("VACUUM (")]
    [TestCase("REFRESH MATERIALIZED VIEW")]
    public void Check_HalfAStatement_EndsInOrder(string sql)
    {
        SqlFileName name = SqlFileName.Read("001_a.expand.sql")!;
        List<string> errors = [];
        SqlSource source = SqlSourceReader.Read(name, sql, errors);

        IReadOnlyList<SqlFinding> findings = SqlLint.Check(new SqlScriptFolder("folder", [new SqlScript(name, source, undo: null, [])]));

        findings.Should().NotContain(finding => finding.Line != 1);
    }
}
