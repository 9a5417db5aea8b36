using Deployment.Sql.Tokens;

namespace Deployment.Sql.Tests.Tokens;

[Category("Unit")]
public sealed class SqlTokenizerTests
{
    private static string[] Code(string sql) => [.. SqlTokenizer.Read(sql).All.Where(token => token.IsCode).Select(token => $"{token.Kind} {token.Text}")];

    private static string[] Problems(string sql) => [.. SqlTokenizer.Read(sql).Problems.Select(problem => $"{problem.Line}: {problem.Message}")];

    [TestCase("SELECT a1$", "Word SELECT", "Word a1$")]
    [TestCase("\"a\"\"b\".c", "QuotedName \"a\"\"b\"", "Punctuation .", "Word c")]
    [TestCase("U&\"d\\0061t\" u&'x' u & 'x'", "QuotedName U&\"d\\0061t\"", "String u&'x'", "Word u", "Operator &", "String 'x'")]
    [TestCase("'it''s' 1", "String 'it''s'", "Number 1")]
    [TestCase("'a\\' 'b'", "String 'a\\'", "String 'b'")]
    [TestCase("E'a\\'b' x", "String E'a\\'b'", "Word x")]
    [TestCase("e'\\\\' x", "String e'\\\\'", "Word x")]
    [TestCase("B'01' X'1F' N'n' d'z'", "String B'01'", "String X'1F'", "String N'n'", "Word d", "String 'z'")]
    [TestCase("'a'\n'b' c", "String 'a'\n'b'", "Word c")]
    [TestCase("'a' -- why\n  'b'", "String 'a' -- why\n  'b'")]
    [TestCase("'a' 'b'", "String 'a'", "String 'b'")]
    [TestCase("E'a'\n'b\\'c' d", "String E'a'\n'b\\'c'", "Word d")]
    [TestCase("$$a;'b$$ $t$ $$ $t$", "DollarString $$a;'b$$", "DollarString $t$ $$ $t$")]
    [TestCase("a$b$c $1 $2x", "Word a$b$c", "Parameter $1", "Parameter $2", "Word x")]
    [TestCase("$été$x$été$", "DollarString $été$x$été$")]
    [TestCase("a /* b /* c */ d */ e --f\ng", "Word a", "Word e", "Word g")]
    [TestCase("1 1.5 .5 1. 1e9 1E-9 1_000 0xFF 1..2", "Number 1", "Number 1.5", "Number .5", "Number 1.", "Number 1e9", "Number 1E-9", "Number 1_000", "Number 0xFF", "Number 1", "Punctuation ..", "Number 2")]
    [TestCase("a::int b:=c d<=e", "Word a", "Punctuation ::", "Word int", "Word b", "Punctuation :=", "Word c", "Word d", "Operator <=", "Word e")]
    [TestCase("a*-1 @- b->>'c' --x", "Word a", "Operator *", "Operator -", "Number 1", "Operator @-", "Word b", "Operator ->>", "String 'c'")]
    [TestCase("1+--x\n2 3*/*y*/4", "Number 1", "Operator +", "Number 2", "Number 3", "Operator *", "Number 4")]
    [TestCase("a[1:2]", "Word a", "Punctuation [", "Number 1", "Punctuation :", "Number 2", "Punctuation ]")]
    public void Read_Sql_IsCutAsPostgreSqlDoes(string sql, params string[] tokens)
    {
        Code(sql).Should().Equal(tokens);
        Problems(sql).Should().BeEmpty();
    }

    [TestCase("a;\nb 'c\nd", "2: The string that is opened here by a single quote is not closed.*")]
    [TestCase("a\r\nb\r\"c", "3: The name that is opened here by a double quote is not closed.*")]
    [TestCase("/* a /* b */", "1: The comment that is opened here by /* is not closed; comments nest*")]
    [TestCase("x\n$body$ select 1; $BODY$", "2: The string that is opened here by $body$ is not closed.*letter by letter.")]
    [TestCase("E'a\\'", "1: The string that is opened here*")]
    [TestCase("'a'\n'b", "1: The string that is opened here*")]
    [TestCase("a $ b", "1: The $ here opens no string*")]
    [TestCase("a;\n\\copy t from 'x'\nb", "2: `\\copy t from 'x'` is a command of psql.*")]
    [TestCase("a { b", "1: The character { has no place*")]
    [TestCase("a \u001b b", "1: The character \\u001b has no place*")]
    public void Read_NoSql_SaysWhereAndWhat(string sql, string problem)
    {
        string[] problems = Problems(sql);

        problems.Should().NotBeEmpty();
        problems[0].Should().Match(problem);
    }

    [Test]
    public void Read_Lines_AreCountedForEveryEnding()
    {
        SqlToken[] tokens = [.. SqlTokenizer.Read("a\nb\r\n c\r  'd\n' e").All.Where(token => token.IsCode)];

        tokens.Select(token => (token.Line, token.Column)).Should().Equal((1, 1), (2, 1), (3, 2), (4, 3), (5, 3));
    }

    [TestCase("Users", "users")]
    [TestCase("\"Us\"\"ers\"", "Us\"ers")]
    [TestCase("'x'", null)]
    public void Name_OfToken_IsFolded(string sql, string? name) => SqlValue.Name(SqlTokenizer.Read(sql).All[0]).Should().Be(name);

    [TestCase("'a''b'", "a'b")]
    [TestCase("'a'\n  -- and '\n'b'", "ab")]
    [TestCase("$x$a'b$x$", "a'b")]
    [TestCase("$$", "")]
    [TestCase("'", "")]
    [TestCase("a", null)]
    public void Text_OfToken_IsWhatItMeans(string sql, string? text) => SqlValue.Text(SqlTokenizer.Read(sql).All[0]).Should().Be(text);
}
