using Deployment.Releases;

namespace Deployment.Tests.Releases;

[Category("Unit")]
public sealed class ReleaseDigestTests
{
    private static readonly string Hash = new('a', 64);
    private static readonly Release Known = Release.Of("shop", "1.0.0", Artifact.Process("shop", "{port}").From("/builds/1.zip", Hash));
    private static readonly Release Unknown = Release.Of("shop", "1.0.0", Artifact.Process("shop", "{port}").In("/srv/shop"));

    private static IEnumerable<TestCaseData> Same() =>
    [
        new TestCaseData(Known with { Version = "1.0.1" }).SetArgDisplayNames("another version"),
        new TestCaseData(Known with { Artifact = Artifact.Process("shop", "{port}").From("/elsewhere/1.zip", Hash.ToUpperInvariant()) }).SetArgDisplayNames("another place, and the hash in capitals"),
        new TestCaseData(Known.WithSetting("A", "1").WithSecret("B", "b") with { Notes = "n", Commit = "c", Tag = "t" }).SetArgDisplayNames("settings and notes"),
    ];

    private static IEnumerable<TestCaseData> Others() =>
    [
        new TestCaseData(Known with { Application = "till" }).SetArgDisplayNames("another application"),
        new TestCaseData(Known with { Artifact = Artifact.Process("shop", "{port}").From("/builds/1.zip", new string('b', 64)) }).SetArgDisplayNames("other content"),
        new TestCaseData(Known with { Artifact = Artifact.Process("shop", "{port}", "--debug").From("/builds/1.zip", Hash) }).SetArgDisplayNames("another command"),
        new TestCaseData(Known with { Artifact = Known.Artifact.In("/srv/elsewhere") }).SetArgDisplayNames("another folder to run in, which may hold another program"),
        new TestCaseData(Known with { Artifact = Known.Artifact with { Sha256 = null } }).SetArgDisplayNames("content that nobody checks"),
        new TestCaseData(Known with { Artifact = Known.Artifact with { Package = null } }).SetArgDisplayNames("a hash of nothing"),
    ];

    [TestCaseSource(nameof(Same))]
    public void Digest_SameContent_IsTheSame(Release other) => other.Digest.Should().Be(Known.Digest).And.HaveLength(64);

    [TestCaseSource(nameof(Others))]
    public void Digest_OtherContent_IsAnother(Release other) => other.Digest.Should().NotBe(Known.Digest);

    [Test]
    public void Digest_ContentIsNotKnown_GoesByVersionAndPath()
    {
        Unknown.WithSetting("A", "1").Digest.Should().Be(Unknown.Digest);
        (Unknown with { Version = "1.0.1" }).Digest.Should().NotBe(Unknown.Digest);
        (Unknown with { Artifact = Unknown.Artifact.In("/srv/shop2") }).Digest.Should().NotBe(Unknown.Digest);
    }
}
