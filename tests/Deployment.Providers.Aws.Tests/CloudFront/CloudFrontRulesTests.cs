using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.CloudFront;

/// <summary>The fake refuses what CloudFront refuses, or tests against it would prove nothing.</summary>
public sealed class CloudFrontRulesTests
{
    [TestCase("/*", true)]
    [TestCase("/a@2x%20b.png", true)]
    [TestCase("/docs/*", true)]
    [TestCase("docs/a.html", false)]
    [TestCase("/a b.html", false)]
    [TestCase("/ü.html", false)]
    [TestCase("/[a].html", false)]
    [TestCase("/a~.html", false)]
    [TestCase("/*/a.html", false)]
    public void InvalidationPaths_AreTakenOrRefused(string path, bool isTaken) => CloudFrontRules.IsInvalidationPath(path).Should().Be(isTaken);

    [TestCase("", true)]
    [TestCase("/www/shop_1.0.0_1", true)]
    [TestCase("/www/", false)]
    [TestCase("www", false)]
    public void OriginPaths_AreTakenOrRefused(string path, bool isTaken) => CloudFrontRules.IsOriginPath(path).Should().Be(isTaken);

    [Test]
    public void WhatIsTooLong_IsRefused()
    {
        CloudFrontRules.IsInvalidationPath("/" + new string('a', 4_000)).Should().BeFalse();
        CloudFrontRules.IsOriginPath("/" + new string('a', 255)).Should().BeFalse();
    }
}
