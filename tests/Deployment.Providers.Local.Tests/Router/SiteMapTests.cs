using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router;
using Microsoft.Extensions.Logging.Abstractions;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class SiteMapTests
{
    [TestCase("shop.test", "/", "exact")]
    [TestCase("SHOP.test", "/x", "exact")]
    [TestCase("shop.test", "/api", "exact-api")]
    [TestCase("shop.test", "/api?x=1", "exact-api")]
    [TestCase("shop.test", "/api/v1/x", "exact-v1")]
    [TestCase("shop.test", "/apis", "exact")]
    [TestCase("a.shop.test", "/", "wildcard")]
    [TestCase("a.b.shop.test", "/", "wildcard")]
    [TestCase("elsewhere.test", "/docs/x", "docs")]
    [TestCase("elsewhere.test", "/", null)]
    [TestCase("a.shop.test", "/docs", "wildcard", Description = "the host decides before the path")]
    public void Find_MostSpecificWins(string host, string path, string? expected) => Map().Find(host, path)?.Table.Target.Should().Be(expected);

    [Test]
    public void Find_NobodyServesIt_IsNull() => Map().Find("elsewhere.test", "/").Should().BeNull();

    [TestCase("", "/", "", "/", true)]
    [TestCase("", "/a", "", "/a/", true)]
    [TestCase("a.test", "/", "b.test", "/", false)]
    [TestCase("a.test", "/", "A.test", "/", true)]
    [TestCase("a.test", "/", "", "/", false)]
    [TestCase("*.test", "/", "a.test", "/", false)]
    [TestCase("a.test", "/x", "a.test", "/y", false)]
    public void New_SitesThatCannotBeToldApart_AreRefused(string host, string path, string otherHost, string otherPath, bool refused)
    {
        Action make = () => _ = new SiteMap([Site("one", host, path), Site("two", otherHost, otherPath)]);

        if (refused)
        {
            make.Should().Throw<DeploymentException>().WithMessage("*one*two*");
        }
        else
        {
            make.Should().NotThrow();
        }
    }

    [TestCase("/a b")]
    [TestCase("a")]
    [TestCase("/a//b")]
    [TestCase("/a/../b")]
    [TestCase("/a?b")]
    public void Problems_PathThatIsNone_IsReported(string path) => new SiteRules { PathPrefix = path }.Problems().Should().ContainSingle();

    [TestCase("")]
    [TestCase("a b")]
    [TestCase("a..b")]
    [TestCase("*.")]
    [TestCase("a*b")]
    public void Problems_HostThatIsNone_IsReported(string host) => new SiteRules { Hosts = [host] }.Problems().Should().ContainSingle();

    private static SiteMap Map() => new(
    [
        Site("docs", "", "/docs"),
        Site("wildcard", "*.shop.test", "/"),
        Site("exact", "shop.test", "/"),
        Site("exact-api", "shop.test", "/api"),
        Site("exact-v1", "shop.test", "/api/v1"),
    ]);

    private static Site Site(string target, string host, string path) => new(
        new Switchboard(new RouteTable
        {
            Generation = 1,
            Epoch = 1,
            Target = target,
            Application = "shop",
            Address = "127.0.0.1",
            Port = 80,
            Rules = new SiteRules { Hosts = host.Length == 0 ? null : [host], PathPrefix = path },
        }),
        null!,
        null!,
        new Mirror(null!),
        null!,
        null!,
        new Tunnels(NullLogger.Instance, TimeProvider.System),
        TimeProvider.System);
}
