using System.Text;
using Deployment.Commands;

namespace Deployment.Tests.Commands;

[Category("Unit")]
public sealed class SecretFilterTests
{
    private static string Filter(string text, int piece, params string[] secrets)
    {
        var shown = new StringBuilder();
        var filter = new SecretFilter(new SecretPatterns(secrets), part => shown.Append(part));
        for (int i = 0; i < text.Length; i += piece)
        {
            filter.Write(text.AsSpan(i, Math.Min(piece, text.Length - i)));
        }

        filter.Complete();
        return shown.ToString();
    }

    [TestCase("ab", "abcd", "xabcdx", "x[secret]x")]
    [TestCase("abcd", "abce", "abcabceabcd", "abc[secret][secret]")]
    [TestCase("aaab", "aab", "aaaab aab", "a[secret] [secret]")]
    [TestCase("needle", "need", "a needle, a need, a nee", "a [secret], a [secret], a nee")]
    public void Write_CutAnywhere_RemovesTheLongest(string one, string other, string text, string expected)
    {
        for (int piece = 1; piece <= text.Length; piece++)
        {
            Filter(text, piece, one, other).Should().Be(expected, "the pieces have {0} characters", piece);
        }
    }

    [Test]
    public void Write_RandomTexts_NeverShowsASecretWhateverTheCuts()
    {
        var random = new Random(7);
        for (int round = 0; round < 2000; round++)
        {
            string[] secrets = [.. Enumerable.Range(0, 3).Select(_ => RandomText(random, random.Next(2, 6)))];
            string text = RandomText(random, 60);
            string whole = Filter(text, text.Length, secrets);

            Filter(text, random.Next(1, 9), secrets).Should().Be(whole);
            foreach (string part in whole.Split("[secret]"))
            {
                secrets.Should().NotContain(secret => part.Contains(secret));
            }
        }
    }

    [Test]
    public void Write_NoSecrets_PassesEverythingOn() => Filter("anything", 3).Should().Be("anything");

    [Test]
    public void Write_EmptySecret_HidesNothing() => Filter("anything", 3, "").Should().Be("anything");

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public void Write_Base64AtAnyOffset_IsRemoved(int offset)
    {
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('u', offset) + "correct horse battery" + "tail"));
        string shown = Filter(encoded, 5, "correct horse battery");

        shown.Should().Contain("[secret]");
        shown.Replace("[secret]", "").Length.Should().BeLessThan(14);
    }

    [Test]
    public void Tail_AnyText_KeepsAtMost64KiBAndWholeCharacters()
    {
        var tail = new TailText();
        for (int i = 0; i < 50_000; i++)
        {
            tail.Append("🚀é");
        }

        string text = tail.ToString();
        Encoding.UTF8.GetByteCount(text).Should().BeInRange((64 * 1024) - 4, 64 * 1024);
        text.Should().EndWith("🚀é").And.NotContain("\ufffd");
        char.IsLowSurrogate(text[0]).Should().BeFalse();
    }

    private static string RandomText(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(2))));

    [TestCase("p\\\"w\\\\d$ /+'x")]
    [TestCase("p%22w%5Cd%24%20%2F%2B%27x")]
    [TestCase("p%22w%5cd%24%20%2f%2b%27x")]
    [TestCase("p%22w%5Cd%24%20/%2B%27x")]
    [TestCase("p%22w%5Cd%24+%2F%2B%27x")]
    [TestCase("p\"w\\d$ /+'\\''x")]
    [TestCase("p\\\"w\\\\d\\$ /+'x")]
    public void Write_AsToolsQuoteIt_IsRemoved(string printed) => Filter($"it is <{printed}>.", 5, "p\"w\\d$ /+'x").Should().Be("it is <[secret]>.");

    [Test]
    public void Write_Base64ForAddresses_IsRemoved()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)'~', 9), (byte)'?', (byte)'?', (byte)'?', (byte)'>', (byte)'>', (byte)'>'];
        string secret = System.Text.Encoding.UTF8.GetString(bytes);
        string printed = Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');

        printed.Should().ContainAny("-", "_");
        Filter(printed, 4, secret).Should().Be("[secret]");
    }
}
