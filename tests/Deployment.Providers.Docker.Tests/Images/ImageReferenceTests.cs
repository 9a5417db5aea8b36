using Deployment.Providers.Docker.Images;

namespace Deployment.Providers.Docker.Tests.Images;

public sealed class ImageReferenceTests
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [TestCase("shop", "shop", null, null)]
    [TestCase("shop:2.4.0", "shop", "2.4.0", null)]
    [TestCase("registry.example.com/team/shop:2.4.0", "registry.example.com/team/shop", "2.4.0", null)]
    [TestCase("localhost:5000/shop", "localhost:5000/shop", null, null)]
    [TestCase("Example.COM/shop:1", "Example.COM/shop", "1", null)]
    [TestCase("a/b--c/d__e.f:T_a-g.1", "a/b--c/d__e.f", "T_a-g.1", null)]
    [TestCase("shop@sha256:" + Digest, "shop", null, Digest)]
    [TestCase("shop:1@sha256:" + Digest, "shop", "1", Digest)]
    public void TryParse_ReferenceThatDockerTakes_IsTakenApart(string text, string repository, string? tag, string? digest)
    {
        ImageReference.TryParse(text, out ImageReference? reference).Should().BeTrue();
        reference.Should().Be(new ImageReference(repository, tag, digest));
    }

    [TestCase("")]
    [TestCase("-rm")]
    [TestCase("--privileged")]
    [TestCase("shop:")]
    [TestCase("shop:-1")]
    [TestCase("shop 1")]
    [TestCase("shop\n")]
    [TestCase("shop:1\n")]
    [TestCase("$(id)")]
    [TestCase("shop;id")]
    [TestCase("'shop'")]
    [TestCase("SHOP")]
    [TestCase("shop@sha256:abc")]
    [TestCase("shop@sha512:" + Digest)]
    [TestCase("/shop")]
    [TestCase("shop/")]
    [TestCase("[::1]:5000/shop:1")]
    [TestCase("a___b")]
    [TestCase(".shop")]
    [TestCase(Digest)]
    public void TryParse_TextThatDockerTakesForNoReference_IsRefused(string text) => ImageReference.TryParse(text, out _).Should().BeFalse();

    [Test]
    public void TryParse_LongTexts_AreRefusedAtOnce()
    {
        ImageReference.TryParse(new string('a', 100_000), out _).Should().BeFalse();
        ImageReference.TryParse(string.Concat(Enumerable.Repeat("a-", 255)) + "!", out _).Should().BeFalse();
        ImageReference.TryParse("shop:" + new string('1', 129), out _).Should().BeFalse();
    }

    [TestCase("docker.io/library/shop", "shop")]
    [TestCase("docker.io/team/shop:1", "team/shop")]
    [TestCase("index.docker.io/library/shop", "shop")]
    [TestCase("library/shop", "shop")]
    [TestCase("r.example.com/library/shop", "r.example.com/library/shop")]
    [TestCase("shop", "shop")]
    public void Familiar_NamesOfDockersOwnRegistry_AreAsDockerWritesThem(string text, string expected)
    {
        ImageReference.TryParse(text, out ImageReference? reference).Should().BeTrue();
        reference!.Familiar.Should().Be(expected);
    }

    [Test]
    public void ToString_WithoutTag_SaysDockersDefault()
    {
        ImageReference.TryParse("localhost:5000/shop", out ImageReference? reference).Should().BeTrue();
        reference!.ToString().Should().Be("localhost:5000/shop:latest");
        reference.ByDigest(Digest).Should().Be("localhost:5000/shop@sha256:" + Digest);
    }
}
