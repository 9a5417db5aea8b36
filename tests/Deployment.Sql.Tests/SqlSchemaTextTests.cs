namespace Deployment.Sql.Tests;

/// <summary>Schemas as SQL are compared by what they say.</summary>
[Category("Unit")]
public sealed class SqlSchemaTextTests
{
    private const string Schema = "-- dumped\n\\restrict abc\nCREATE TABLE a (\n    id bigint,\n    name text\n);\nCREATE INDEX i ON a (id);\nCREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ';-- no comment' $$;\n\\unrestrict abc\n";

    [TestCase("CREATE INDEX i ON a (id);\n\n\nCREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ';-- no comment' $$;\n/* x */CREATE TABLE a (\n    id bigint,\n    name text\n);\n\\restrict other\n", TestName = "Difference_OtherOrderCommentsAndKeys_IsNone")]
    public void Difference_SameStatements_IsNone(string other) => SqlSchemaText.Difference(Schema, other).Should().BeEmpty();

    [Test]
    public void Difference_StatementIsMissing_IsShownAlone() =>
        SqlSchemaText.Difference(Schema, Schema.Replace("CREATE INDEX i ON a (id);\n", "", StringComparison.Ordinal)).Should().Contain("-CREATE INDEX i ON a (id);\n").And.NotContain("CREATE TABLE").And.NotContain("+CREATE");

    [Test]
    public void Difference_ColumnDiffers_IsShownWithItsTable() =>
        SqlSchemaText.Difference(Schema, Schema.Replace("name text\n", "name text NOT NULL\n", StringComparison.Ordinal)).Should().Contain("     id bigint,\n-    name text\n+    name text NOT NULL\n").And.NotContain("CREATE INDEX");

    [Test]
    public void Difference_ColumnsHaveAnotherOrder_IsOne() =>
        SqlSchemaText.Difference("CREATE TABLE a (\n x int,\n y int\n);", "CREATE TABLE a (\n y int,\n x int\n);").Should().NotBeEmpty();

    [Test]
    public void Difference_BodyDiffers_IsOne() =>
        SqlSchemaText.Difference(Schema, Schema.Replace("-- no comment", "-- a comment", StringComparison.Ordinal)).Should().NotBeEmpty();

    [TestCase(1, 2, "+x;")]
    [TestCase(3, 1, "-x;")]
    [TestCase(2, 2, "")]
    public void Difference_SameStatementSeveralTimes_CountsThem(int before, int after, string line) =>
        SqlSchemaText.Difference(string.Concat(Enumerable.Repeat("x;\n", before)), string.Concat(Enumerable.Repeat("x;\n", after))).Split('\n').Should().Match(lines => line.Length == 0 ? lines.All(text => text.Length == 0) : lines.Contains(line));

    [TestCase("")]
    [TestCase("'not closed")]
    [TestCase("$$ not closed; (")]
    public void Difference_Nonsense_IsComparedAllTheSame(string text)
    {
        SqlSchemaText.Difference(text, text).Should().BeEmpty();
        SqlSchemaText.Difference(text, "CREATE TABLE a (id int);").Should().Contain("+CREATE TABLE a (id int);");
    }
}
