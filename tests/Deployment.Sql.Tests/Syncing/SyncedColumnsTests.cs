using Deployment.Migrations;
using Deployment.Sql.Scripts;

namespace Deployment.Sql.Tests.Syncing;

[Category("Unit")]
public sealed class SyncedColumnsTests
{
    private static readonly SyncedColumn Name = new("name", "text");
    private string _folder = "";

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("synced-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Write_Rename_IsAFolderInWhichTheLintFindsNothing()
    {
        await SyncedColumns.Rename("shop.\"Order s\"", Name, "\"full name\"").FilledBy("\"Id\"", 50).WriteAsync(_folder, "007_full-name", CancellationToken.None);

        SqlScriptFolder folder = await SqlScriptFolder.ReadAsync(_folder, CancellationToken.None);

        folder.Scripts.Select(script => (script.Id, script.Undo!.Kind, script.Verifications.Count)).Should().Equal(
            ("007_full-name.expand", SqlUndoKind.Script, 1), ("007_full-name.backfill", SqlUndoKind.Nothing, 1), ("007_full-name.contract", SqlUndoKind.Script, 1));
        folder.Scripts[1].Batches.Should().Be(new MigrationBatches("\"shop\".\"Order s\"", "\"Id\"", 50));
        SqlLint.Check(folder).Where(finding => !finding.IsIgnored).Should().BeEmpty();
        folder.Scripts[2].DestroysData.Should().BeNull("the same values are in the new column");
    }

    [Test]
    public async Task Write_OtherValues_IsAContractThatSaysWhatIsLost()
    {
        await SyncedColumns.ChangeType("orders", Name, new SyncedColumn("code", "bigint"), "name::bigint", "code::text").WriteAsync(_folder, "007_code", CancellationToken.None);

        SqlScriptFolder folder = await SqlScriptFolder.ReadAsync(_folder, CancellationToken.None);

        folder.Scripts[2].DestroysData.Should().StartWith("\"name\", as far as the expression back doesn't give it again");
        SqlLint.Check(folder).Should().BeEmpty();
    }

    // What the lint refuses leads to what it takes.
    [TestCase("ALTER TABLE orders RENAME COLUMN name TO full_name;", "SyncedColumns.Rename")]
    [TestCase("ALTER TABLE orders ALTER COLUMN name TYPE bigint USING name::bigint;", "SyncedColumns.ChangeType")]
    public void Lint_ColumnThatIsChangedAtOnce_NamesTheWay(string sql, string way)
    {
        (IReadOnlyList<SqlScript> scripts, _) = SqlFolderReader.Read([new SqlFile("001_a.expand.sql", "-- undo: nothing x\n" + sql)]);

        SqlLint.Check(new SqlScriptFolder("folder", scripts)).Should().ContainSingle().Which.Rule.Instead.Should().Contain(way);
    }

    [Test]
    public async Task Write_Twice_ChangesNothing()
    {
        SyncedColumns columns = SyncedColumns.Rename("orders", Name, "full_name");
        await columns.WriteAsync(_folder, "007_a", CancellationToken.None);
        string[] before = [.. Directory.GetFiles(_folder).Order().Select(File.ReadAllText)];

        await columns.WriteAsync(_folder, "007_a", CancellationToken.None);

        Directory.GetFiles(_folder).Order().Select(File.ReadAllText).Should().Equal(before);
    }

    [Test]
    public async Task Write_ScriptsOfTheChangeReadOtherwise_IsRefusedAndWritesNothing()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "007_a.contract.sql"), "SELECT 1;\n");

        await FluentActions.Awaiting(() => SyncedColumns.Rename("orders", Name, "full_name").WriteAsync(_folder, "007_a", CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("007_a.contract.sql is there and reads otherwise.*");

        Directory.GetFiles(_folder).Should().ContainSingle();
    }

    [Test]
    public void Scripts_EverythingIsWrong_IsToldTogether() =>
        FluentActions.Invoking(() => SyncedColumns.Split("a.b.c", new SyncedColumn("name\"", "text, DROP COLUMN id"), "x)", new SyncedPart(new SyncedColumn("a", "text NOT NULL"), "name; DROP TABLE orders"), new SyncedPart(new SyncedColumn("A", "text"), "name -- x")).FilledBy("", 0).Scripts("7"))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().SatisfyRespectively(
                error => error.Should().StartWith("'7' is no number and name of a change."),
                error => error.Should().StartWith("0 rows are to be filled in one transaction"),
                error => error.Should().StartWith("`a.b.c` is no name of a table."),
                error => error.Should().StartWith("`name\"` is no name of a column."),
                error => error.Should().StartWith("`` is no name of a key."),
                error => error.Should().StartWith("Two columns are called a."),
                error => error.Should().StartWith("The type of name\" has a comma outside of parentheses."),
                error => error.Should().StartWith("The type of a has the word NOT."),
                error => error.Should().StartWith("The expression forward is no expression of SQL: `name; DROP TABLE orders`"),
                error => error.Should().StartWith("The expression forward has a comment"),
                error => error.Should().StartWith("The expression back is no expression of SQL: `x)` The ) here closes nothing."));

    [TestCase("name $synced_body$")]
    [TestCase("$synced$ x $synced$")]
    [TestCase("name || $1")]
    [TestCase("name /* x */")]
    [TestCase("'a")]
    [TestCase("")]
    public void Scripts_ExpressionThatWouldEndItsPlace_IsRefused(string forward) =>
        FluentActions.Invoking(() => SyncedColumns.ChangeType("orders", Name, new SyncedColumn("code", "bigint"), forward, "code::text").Scripts("007_a"))
            .Should().Throw<DeploymentValidationException>().WithMessage("*The expression forward*");

    [Test]
    public void Scripts_LongNames_HaveTriggersThatAreNotCutToTheSame()
    {
        string table = new('t', 60);

        string[] triggers = [.. new[] { "a", "b" }.Select(to => SyncedColumns.Rename(table, Name, to).Scripts("007_a")["007_a.expand.verify.sql"].Split("tgname = ")[1])];

        triggers.Should().OnlyHaveUniqueItems().And.OnlyContain(name => name.Length < 70);
    }
}
