using System.Text;
using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Tests.Tokens;

/// <summary>What holds for every text, SQL or not.</summary>
[Category("Unit")]
public sealed class SqlTokenizerPropertyTests
{
    private const int Seed = 20_261_121;
    private const int Inputs = 100_000;

    private static readonly string[] _pieces =
    [
        "'", "''", "\"", "$$", "$a$", "$1", "$", "/*", "*/", "--", "\n", "\r", "\r\n", "\\", "E'", "U&\"", "u&'", "B'", " ", "\t", "a", "begin atomic", "end", "case",
        ";", "(", ")", "[", "]", ".", "..", ":", "::", ":=", "+", "-", "@", "1", "1e", "0x", "_", "é", "\ud83d", "\0", "\u2028", "{", "select", "do", "create function f() ",
    ];

    [Test]
    public void Read_RandomTexts_TokensAreTheText()
    {
        var random = new Random(Seed);
        int withProblems = 0;
        for (int i = 0; i < Inputs; i++)
        {
            string text = Text(random);
            SqlTokens read = SqlTokenizer.Read(text);
            withProblems += read.Problems.Count > 0 ? 1 : 0;
            if (string.Concat(read.All.Select(token => token.Text)) != text || read.All.Any(token => !IsPlaced(token, text)))
            {
                Assert.Fail($"Text {i} of seed {Seed} is not what its tokens say: {SqlChars.Printable(text)}");
            }
        }

        withProblems.Should().BeInRange(Inputs / 10, Inputs * 9 / 10, "both texts with and without problems must be tried");
    }

    [Test]
    public void Split_RandomTexts_StatementsAreInTheTextInOrder()
    {
        var random = new Random(Seed);
        for (int i = 0; i < Inputs; i++)
        {
            string text = Text(random);
            int from = 0;
            foreach (SqlStatement statement in SqlSplitter.Read(text).All)
            {
                int start = statement.Tokens[0].Start;
                if (start < from || text[start..statement.Tokens[^1].End] != statement.Text || statement.Tokens.Any(token => !token.IsCode))
                {
                    Assert.Fail($"Text {i} of seed {Seed} is not what its statements say: {SqlChars.Printable(text)}");
                }

                from = statement.Tokens[^1].End;
            }
        }
    }

    // Quadratic work on a million characters would take hours; the deadline is minutes above what linear work takes.
    [TestCase("+")]
    [TestCase("-+@")]
    [TestCase("$a")]
    [TestCase("$a$b")]
    [TestCase("'a'\n")]
    [TestCase("'a' --\n")]
    [TestCase("'a'       ")]
    [TestCase("/*")]
    [TestCase("(")]
    [TestCase(")")]
    [TestCase("\\\n")]
    [TestCase("E'\\'")]
    [TestCase("$$a")]
    [TestCase(":")]
    [TestCase("1.")]
    [TestCase("a;")]
    [TestCase("create function f() begin atomic ")]
    public async Task Read_LongHostileTexts_TakesLinearTime(string piece)
    {
        string text = new StringBuilder().Insert(0, piece, 1_000_000 / piece.Length).ToString();

        SqlStatements read = await Task.Run(() => SqlSplitter.Read(text)).WaitAsync(TimeSpan.FromMinutes(2));

        (read.All.Count + read.Problems.Count).Should().BePositive();
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (int length = random.Next(0, 30); length > 0; length--)
        {
            text.Append(_pieces[random.Next(_pieces.Length)]);
        }

        return text.ToString();
    }

    private static bool IsPlaced(SqlToken token, string text)
    {
        string before = text[..token.Start].Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        int line = before.Count(c => c == '\n') + 1;
        int column = before.Length - before.LastIndexOf('\n');

        return token.Text.Length > 0 && token.Line == line && token.Column == column && string.CompareOrdinal(text, token.Start, token.Text, 0, token.Text.Length) == 0;
    }
}
