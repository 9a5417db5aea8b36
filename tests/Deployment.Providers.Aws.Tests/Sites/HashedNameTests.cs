using Deployment.Providers.Aws.Sites;

namespace Deployment.Providers.Aws.Tests.Sites;

/// <summary>Names as bundlers write them by their defaults, and as people do.</summary>
public sealed class HashedNameTests
{
    // webpack and Create React App, Parcel, Gatsby: hexadecimal digits.
    [TestCase("app.3f2a9c1b.js")]
    [TestCase("static/js/main.a1b2c3d4e5f6a7b8c9d0.chunk.css")]
    [TestCase("fonts/inter.5f2b3c4d.woff2")]
    // Vite, Rollup, Remix: Base64 for URLs, below assets.
    [TestCase("assets/index-BfK3x9_2.js")]
    [TestCase("shop/assets/index-BfK3x9_2.js.map")]
    [TestCase("assets/style-Dq2Xr8aB.css.br")]
    // Astro, Nuxt, SvelteKit, Next.
    [TestCase("_astro/index.DRf8L97S.js")]
    [TestCase("_astro/hero.abcdefgh.webp")]
    [TestCase("_nuxt/DRf8L97S.js")]
    [TestCase("_app/immutable/entry/start.js")]
    [TestCase("_next/static/chunks/main-0f1e2d3c4b5a6978.js")]
    [TestCase("_next/static/Zx9build/_buildManifest.js")]
    public void BundledNames_AreCertain(string key)
    {
        HashedName.IsCertain(key).Should().BeTrue();
        HashedName.IsLikely(key).Should().BeTrue();
    }

    // Such as a person may write too: kept for pages that were opened before, and not cached for ever. Angular and esbuild write them beside everything else.
    [TestCase("assets/index-DiwrgTda.js")]
    [TestCase("main-5QSJ3R7K.js")]
    [TestCase("main-ABCDEFGH.css")]
    [TestCase("index-BfK3x9_2.js")]
    [TestCase("img/apple-iPhone15.jpg")]
    [TestCase("assets/apple-iPhone15.jpg")]
    [TestCase("guide-Version2.pdf")]
    [TestCase("decade80.css")]
    [TestCase("log.20240101a.txt")]
    public void NamesThatAPersonMayWrite_AreOnlyLikely(string key)
    {
        HashedName.IsCertain(key).Should().BeFalse();
        HashedName.IsLikely(key).Should().BeTrue();
    }

    [TestCase("my-elephant.js")]
    [TestCase("report-20240101.pdf")]
    [TestCase("jquery-3.7.1.min.js")]
    [TestCase("deadbeef/readme.txt")]
    [TestCase("_nuxt/builds/latest.json")]
    [TestCase("logo-2024a.png")]
    [TestCase("index.html")]
    public void OtherNames_AreNot(string key)
    {
        HashedName.IsCertain(key).Should().BeFalse();
        HashedName.IsLikely(key).Should().BeFalse();
    }

    [Test]
    public void AWordWithNumbers_IsNotCertain() => HashedName.IsCertain("face2face.jpg").Should().BeFalse();
}
