using System.Text;
using Deployment.Sql.Scripts;

namespace Deployment.Sql.Tests.Scripts;

[Category("Unit")]
public sealed class SqlTextTests
{
    [TestCase("a\nb\n")]
    [TestCase("a\r\nb\r\n")]
    [TestCase("a\rb\r")]
    [TestCase("\uFEFFa\r\nb\n")]
    public void Checksum_LineEndingsAndMark_MakeNoDifference(string text) =>
        SqlText.Checksum(text).Should().Be("911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2");

    [TestCase("a\nb")]
    [TestCase("a\n\nb\n")]
    [TestCase("a \nb\n")]
    [TestCase("A\nb\n")]
    [TestCase("a\uFEFF\nb\n")]
    public void Checksum_AnythingElse_MakesOne(string text) => SqlText.Checksum(text).Should().NotBe(SqlText.Checksum("a\nb\n"));

    [Test]
    public void Checksum_OfNothing_IsThatOfSha256() => SqlText.Checksum("").Should().Be("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    [Test]
    public void Decode_NoUtf8_SaysWhere()
    {
        SqlText.Decode([0x61, 0xE9, 0x62], out string latin).Should().BeNull();
        latin.Should().Be("is not UTF-8 (byte 1). Save it as UTF-8.");
        SqlText.Decode(Encoding.Unicode.GetBytes("ab\ncd"), out string utf16).Should().BeNull();
        utf16.Should().StartWith("has a NUL character in line 1");
    }

    [Test]
    public void Unified_Changes_ArePrintedAsDiffDoes()
    {
        string before = string.Concat(Enumerable.Range(1, 20).Select(line => $"line {line}\n"));
        string after = before.Replace("line 3\n", "", StringComparison.Ordinal).Replace("line 15\n", "line 15\nnew\tline\n", StringComparison.Ordinal);

        SqlTextDiff.Unified(before, after).Should().Be(
            """
            @@ -1,6 +1,5 @@
             line 1
             line 2
            -line 3
             line 4
             line 5
             line 6
            @@ -13,6 +12,7 @@
             line 13
             line 14
             line 15
            +new    line
             line 16
             line 17
             line 18

            """);
    }

    [Test]
    public void Unified_LineEndingsAlone_AreNoChange() => SqlTextDiff.Unified("a\nb\n", "\uFEFFa\r\nb\r\n").Should().BeEmpty();

    [Test]
    public void Unified_Hostile_IsPrintedWithoutItsCommandsAndInBounds()
    {
        SqlTextDiff.Unified("a\n", "\u001b[2J\n").Should().Contain("-a\n").And.Contain("+\\u001b[2J\n");
        SqlTextDiff.Unified("", string.Concat(Enumerable.Range(0, 6_000).Select(line => $"{line}\n"))).Should().Be("(more than 5000 lines: not compared line by line)\n");
    }
}
