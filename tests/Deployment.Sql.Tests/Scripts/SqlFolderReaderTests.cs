using Deployment.Migrations;
using Deployment.Sql.Scripts;

namespace Deployment.Sql.Tests.Scripts;

[Category("Unit")]
public sealed class SqlFolderReaderTests
{
    private const string NoUndo = "-- undo: nothing for a test\nSELECT 1;\n";

    private static SqlFile File(string name, string text = NoUndo) => new(name, text);

    private static IReadOnlyList<string> Errors(params SqlFile[] files) => SqlFolderReader.Read(files).Errors;

    private static IReadOnlyList<SqlScript> Scripts(params SqlFile[] files)
    {
        (IReadOnlyList<SqlScript> scripts, IReadOnlyList<string> errors) = SqlFolderReader.Read(files);
        errors.Should().BeEmpty();
        return scripts;
    }

    [Test]
    public void Read_Folder_IsInOrderOfNumberAndPhase()
    {
        IReadOnlyList<SqlScript> scripts = Scripts(
            File("R_b.sql", "SELECT 2;"), File("R_a.sql", "SELECT 1;"), File("0010_b.expand.sql"), File("009_a.contract.sql", "SELECT 1;"), File("009_a.backfill.sql"), File("009_a.expand.sql"));

        scripts.Select(script => script.Id).Should().Equal("009_a.expand", "009_a.backfill", "009_a.contract", "0010_b.expand", "R_a", "R_b");
        scripts.Select(script => script.Phase).Should().Equal(
            MigrationPhase.Expand, MigrationPhase.Backfill, MigrationPhase.Contract, MigrationPhase.Expand, MigrationPhase.Expand, MigrationPhase.Expand);
        scripts.Select(script => script.IsRepeatable).Should().Equal(false, false, false, false, true, true);
    }

    [Test]
    public void Read_Companions_AreTextsOfTheirOwn()
    {
        SqlScript script = Scripts(
            File("001_a.expand.sql", "-- transaction: none\nCREATE INDEX CONCURRENTLY i ON t (a);\n"),
            File("001_a.expand.undo.sql", "-- transaction: none\nDROP INDEX CONCURRENTLY i;\n"),
            File("001_a.expand.verify.sql", "-- expect: 1\nSELECT count(*) FROM t;\n\n-- about the index\n-- expect: t\nSELECT indisvalid FROM pg_index\nWHERE true;\n")).Single();

        (script.RunsInTransaction, script.Undo!.RunsInTransaction, script.Undo.Kind, script.Undo.FileName).Should().Be((false, false, SqlUndoKind.Script, "001_a.expand.undo.sql"));
        script.Undo.Text.Should().Contain("DROP INDEX");
        script.Undo.Checksum.Should().Be(SqlText.Checksum(script.Undo.Text!)).And.NotBe(script.Checksum);
        script.Verifications.Should().Equal(new SqlVerification("SELECT count(*) FROM t", "1", 2), new SqlVerification("SELECT indisvalid FROM pg_index\nWHERE true", "t", 6));
    }

    [Test]
    public void Read_Declarations_AreTaken()
    {
        IReadOnlyList<SqlScript> scripts = Scripts(
            File("001_a.expand.sql", "-- Adds what the search needs; see https://example.org/1: there.\n-- undo: nothing rows can't be told apart\nSELECT 1;"),
            File("001_a.contract.sql", "-- destroys-data: nobody reads it\n-- lint: ignore cascade it has no views\n-- lint: ignore rename it is new\nSELECT 1;"));

        scripts[0].Undo.Should().BeEquivalentTo(new { Kind = SqlUndoKind.Nothing, Reason = "rows can't be told apart", Text = (string?)null });
        scripts[1].DestroysData.Should().Be("nobody reads it");
        scripts[1].Undo!.Kind.Should().Be(SqlUndoKind.Impossible);
        scripts[1].Source.Header.Ignores.Select(ignore => (ignore.Rule, ignore.Reason, ignore.Line)).Should().Equal(("cascade", "it has no views", 2), ("rename", "it is new", 3));
    }

    [Test]
    public void Read_Batch_IsTaken()
    {
        SqlScript script = Scripts(File("001_a.backfill.sql", "-- batch: public.users.id 250\n-- undo: nothing it goes with its column\nUPDATE users SET email = mail WHERE id BETWEEN $1 AND $2;")).Single();

        script.Batches.Should().Be(new MigrationBatches("public.users", "id", 250));
        Scripts(File("001_a.backfill.sql", "-- batch: users.id\n-- undo: nothing it goes with its column\nUPDATE users SET email = mail WHERE id BETWEEN $1 AND $2;")).Single().Batches!.Rows.Should().Be(1000);
    }

    [TestCase("001_a.backfill.sql", "-- batch: users.id 0\n-- undo: nothing x\nUPDATE users SET a = b WHERE id BETWEEN $1 AND $2;", "*names the table and the key*")]
    [TestCase("001_a.backfill.sql", "-- batch: users\n-- undo: nothing x\nUPDATE users SET a = b WHERE id BETWEEN $1 AND $2;", "*names the table and the key*")]
    [TestCase("001_a.backfill.sql", "-- batch: users.id; drop 5\n-- undo: nothing x\nUPDATE users SET a = b WHERE id BETWEEN $1 AND $2;", "*names the table and the key*")]
    [TestCase("001_a.backfill.sql", "-- batch: users.id\n-- undo: nothing x\nUPDATE users SET a = b WHERE id > $1;", "*`id BETWEEN $1 AND $2`.")]
    [TestCase("001_a.backfill.sql", "-- batch: users.id\n-- undo: nothing x\nUPDATE users SET a = b WHERE id BETWEEN $1 AND $2; SELECT 1;", "*a batch is one statement that changes rows*")]
    [TestCase("001_a.backfill.sql", "-- batch: users.id\n-- undo: nothing x\nSELECT $1, $2;", "*a batch is one statement that changes rows*")]
    [TestCase("001_a.backfill.sql", "-- batch: users.id\n-- transaction: none\n-- undo: nothing x\nUPDATE users SET a = b WHERE id BETWEEN $1 AND $2;", "*each batch runs in a transaction of its own*")]
    [TestCase("001_a.expand.sql", "-- batch: users.id\n-- undo: nothing x\nUPDATE users SET a = b WHERE id BETWEEN $1 AND $2;", "*only a backfill goes through a table in batches*")]
    public void Read_BatchThatIsNone_SaysWhy(string file, string text, string problem) =>
        Errors(File(file, text)).Should().ContainSingle().Which.Should().Match(problem);

    [Test]
    public void Read_ImpossibleUndoBeforeTheContract_IsRefused() =>
        Errors(File("001_a.expand.sql", "-- undo: impossible nobody knows\nSELECT 1;")).Should().ContainSingle().Which.Should().Contain("only a contract may be impossible to undo");

    [TestCase("1_a.expand.sql")]
    [TestCase("001_a.sql")]
    [TestCase("001_a.Expand.sql")]
    [TestCase("001_A.expand.sql")]
    [TestCase("001-a.expand.sql")]
    [TestCase("001_a.expand.SQL")]
    [TestCase("001_a.expand.redo.sql")]
    [TestCase("001_.expand.sql")]
    [TestCase("0000001_a.expand.sql")]
    [TestCase("٠٠١_a.expand.sql")]
    [TestCase("r_a.sql")]
    [TestCase("R_a.expand.sql")]
    [TestCase("001_a b.expand.sql")]
    [TestCase("001_a.expand.sql\n.sql")]
    public void Read_OtherName_IsRefused(string name) =>
        Errors(File(name)).Should().ContainSingle().Which.Should().StartWith($"'{Deployment.Sql.Tokens.SqlChars.Printable(name)}' is no name of a script. Call it");

    [Test]
    public void Read_HostileName_IsPrintedWithoutItsCommands() => Errors(File("\u001b[2J.sql")).Single().Should().StartWith("'\\u001b[2J.sql' is no name");

    [Test]
    public void Read_LongName_IsRefused() => Errors(File($"001_{new string('a', 81)}.expand.sql")).Should().ContainSingle();

    [Test]
    public void Read_TwoWithOneNumber_AreRefused() =>
        Errors(File("001_a.expand.sql"), File("001_b.expand.sql")).Should().Equal("Two changes have the number 1: 001_a.expand.sql, 001_b.expand.sql. Give one of them the next free number.");

    [Test]
    public void Read_OneNumberInTwoSpellings_IsRefused() => Errors(File("001_a.expand.sql"), File("0001_a.expand.sql")).Should().ContainSingle().Which.Should().StartWith("Two changes have the number 1");

    [Test]
    public void Read_HoleInTheOrder_IsRefused() =>
        Errors(File("003_a.expand.sql"), File("004_b.expand.sql"), File("007_c.expand.sql"))
            .Should().Equal("No script has the number 5 to 6: 007_c.expand.sql follows upon 004_b.expand.sql. Add what is missing, or number them without a hole.");

    [TestCase("expand")]
    [TestCase("backfill")]
    public void Read_NoUndo_IsRefused(string phase) =>
        Errors(File($"001_a.{phase}.sql", "SELECT 1;")).Should().ContainSingle().Which.Should().Match("*nothing says how it is taken back. Write 001_a.*.undo.sql, or declare*");

    [Test]
    public void Read_UndoThatIsNone_IsRefused()
    {
        Errors(File("001_a.expand.sql"), File("001_a.expand.undo.sql", "SELECT 1;")).Should().ContainSingle().Which.Should().Contain("Delete one of them.");
        Errors(File("R_a.sql", "SELECT 1;"), File("R_a.undo.sql", "SELECT 1;")).Should().ContainSingle().Which.Should().Contain("a repeatable script stays when the release goes back");
        Errors(File("001_a.expand.sql"), File("001_a.backfill.undo.sql", "SELECT 1;")).Should().Equal("001_a.backfill.undo.sql: there is no 001_a.backfill.sql that it could belong to. Correct its name, or delete it.");
    }

    [TestCase("-- transactoin: none", "*line 1: `transactoin:` is no header of this file; it may have transaction:, batch:, destroys-data:, undo:, lint:.*")]
    [TestCase("-- Transaction: none", "*`Transaction:` is no header*")]
    [TestCase("-- transaction: some", "*knows one value: none*")]
    [TestCase("-- transaction: none\n-- transaction: none", "*line 2: `transaction:` stands here twice*")]
    [TestCase("-- destroys-data:", "*needs a reason*")]
    [TestCase("-- lint: ignore", "*is written `-- lint: ignore RULE REASON`*")]
    [TestCase("-- lint: ignore drop-columns because", "*There is no rule `drop-columns`. The rules are*drop-column,*")]
    [TestCase("-- lint: ignore drop-column", "*Say why `drop-column` is ignored*")]
    [TestCase("-- lint: drop-column because", "*is written*")]
    [TestCase("-- lint: ignore rename one\n-- lint: ignore rename two", "*line 2: `rename` is ignored here twice. Keep one.")]
    [TestCase("-- undo: DROP TABLE a", "*`undo:` says why there is no undo script*")]
    [TestCase("-- undo: nothing", "*`undo:` says why*")]
    [TestCase("-- expect: 1", "*`expect:` is no header of this file*")]
    [TestCase("SELECT 1;\n-- expect: 1", "*`expect:` must stand above*.verify.sql*")]
    [TestCase("SELECT 1;\n-- transaction: none", "*line 2: `transaction:` must stand above the first statement.")]
    [TestCase("SELECT 1; -- lint: ignore drop-column because", "*must stand above*")]
    public void Read_WrongHeader_IsRefused(string text, string error)
    {
        IReadOnlyList<string> errors = Errors(File("001_a.contract.sql", text + "\nSELECT 1;"));

        errors.Should().ContainSingle().Which.Should().Match(error);
    }

    [TestCase("-- only a comment", "There is no statement in it.")]
    [TestCase("SELECT 'a", "The string that is opened here")]
    [TestCase("\\i other.sql", "is a command of psql")]
    [TestCase("COPY t FROM STDIN;", "needs one that sends data")]
    public void Read_NoScript_IsRefused(string text, string error) => Errors(File("001_a.contract.sql", text)).Should().ContainSingle().Which.Should().Contain(error);

    [TestCase("-- expect: 1\nDELETE FROM t;", "A verification is a query that reads")]
    [TestCase("SELECT 1;", "says its answer")]
    [TestCase("-- expect: 1\n-- expect: 2\nSELECT 1;", "says its answer")]
    [TestCase("-- expect: 1\nSELECT 1;\nSELECT 2;", "line 3: One comment in front of each query")]
    [TestCase("-- expect:\nSELECT 1;", "says its answer")]
    public void Read_NoVerification_IsRefused(string text, string error) =>
        Errors(File("001_a.expand.sql"), File("001_a.expand.verify.sql", text)).Should().ContainSingle().Which.Should().Contain(error);

    [Test]
    public void Read_DestroyingExpand_IsRefused() =>
        Errors(File("001_a.expand.sql", "-- destroys-data: yes\n" + NoUndo)).Should().ContainSingle().Which.Should().Contain("only a contract destroys data");

    [Test]
    public void Read_NoSqlAtAll_IsToldInAFewLines() =>
        Errors(File("001_a.contract.sql", string.Concat(Enumerable.Repeat("{\n", 1_000)))).Should().HaveCount(21).And.Subject.Last().Should().Be("001_a.contract.sql: 980 more like these. Is it SQL?");

    [Test]
    public void Read_ManyErrors_AreToldTogether() =>
        Errors(File("x.sql"), File("001_a.expand.sql", "SELECT 'a"), File("003_b.expand.sql", "-- foo: bar\nSELECT 1;"))
            .Should().HaveCount(6).And.OnlyHaveUniqueItems();
}
