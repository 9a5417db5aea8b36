namespace Deployment.Providers.HAProxy.Tests;

[Category("Unit")]
public sealed class HAProxyOptionsTests
{
    private static readonly string[] _hostile = ["", "shop\n  bind *:81", "shop\"", "sh op", "../shop", "a..b", "shop;", "-shop", new('a', 64), "shöp", "$HOME", "%[path]", "#"];

    [TestCaseSource(nameof(_hostile))]
    public void At_HostileSite_IsRefused(string site) =>
        FluentActions.Invoking(() => HAProxyRouter.At("unix:/run/haproxy.sock", options => options.Site = site)).Should().Throw<DeploymentValidationException>().Which.Message.Split('\n').Should().HaveCount(1);

    [TestCaseSource(nameof(_hostile))]
    public void At_HostileNamesAndPaths_AreRefusedEach(string text)
    {
        DeploymentValidationException refused = FluentActions.Invoking(() => HAProxyRouter.At("unix:/run/haproxy.sock", options =>
        {
            options.Site = "shop";
            (options.TesterHeader, options.TesterCookie, options.StickyHeader, options.StickyCookie) = (text + " ", text + "'", text + "\r\n", text + ",");
            (options.Folder, options.Certificate, options.HealthPath, options.Bind, options.PreviewBind) = ($"/etc/{text} x", $"/x/{text} x", $"/{text} x", $"127.0.0.1:80{text} ", $"{text}:");
            options.Program = text + " ";
        })).Should().Throw<DeploymentValidationException>().Which;
        refused.Errors.Should().HaveCount(10);
    }

    [TestCase("unix:run/haproxy.sock")]
    [TestCase("unix:/run/../haproxy.sock")]
    [TestCase("unix:/run/a b.sock")]
    [TestCase("/run/haproxy.sock")]
    [TestCase("tcp:127.0.0.1")]
    [TestCase("tcp:127.0.0.1:0")]
    [TestCase("tcp:127.0.0.1:70000")]
    [TestCase("tcp:::1:80")]
    [TestCase("tcp:a b:80")]
    [TestCase("tcp:\n:80")]
    [TestCase("http://127.0.0.1:80")]
    [TestCase("")]
    public void At_AddressThatIsNone_IsRefused(string address) =>
        FluentActions.Invoking(() => HAProxyRouter.At(address, options => options.Site = "shop")).Should().Throw<DeploymentValidationException>().WithMessage("*can't be asked*");

    [TestCase("unix:/run/haproxy/admin.sock")]
    [TestCase("tcp:127.0.0.1:9999")]
    [TestCase("tcp:[::1]:9999")]
    [TestCase("tcp:proxy.example.com:9999")]
    public void At_Address_IsTaken(string address) => HAProxyRouter.At(address, options => options.Site = "shop").Name.Should().Be("HAProxy (shop)");

    [Test]
    public void At_EverythingWrong_IsReportedTogether()
    {
        DeploymentValidationException refused = FluentActions.Invoking(() => HAProxyRouter.At("x", options =>
        {
            (options.Lanes, options.InstancesPerLane, options.Retries) = (1, 0, 11);
            (options.DrainDeadline, options.HealthInterval, options.AnswerTimeout) = (TimeSpan.FromTicks(-1), TimeSpan.Zero, TimeSpan.FromHours(1));
            (options.ConnectTimeout, options.ServerTimeout, options.ClientTimeout, options.TunnelTimeout) = (TimeSpan.Zero, TimeSpan.FromDays(2), TimeSpan.Zero, TimeSpan.Zero);
            options.IssueStickyCookie = true;
            options.StickyCookieLifetime = TimeSpan.FromDays(401);
            options.PreviewBind = options.Bind;
            options.TimeProvider = null!;
        })).Should().Throw<DeploymentValidationException>().Which;

        refused.Errors.Should().HaveCount(16);
    }

    [Test]
    public void TesterCommands_AddressInBrackets_IsNoPatternOfTheShell() =>
        HAProxyRouter.At("unix:/run/haproxy.sock", options => (options.Site, options.Bind, options.TesterHeader) = ("shop", "[::1]:8080", "X-Tester"))
            .TesterCommands(new Releases.RevisionId("shop", "1.0.0", 1)).Should().Equal("curl -sS -i -H 'X-Tester: shop_1.0.0_1' 'http://[::1]:8080/'");

    [Test]
    public void TesterCommands_WithoutTesters_Throws()
    {
        HAProxyRouter router = HAProxyRouter.At("unix:/run/haproxy.sock", options => options.Site = "shop");
        router.TakesTesters.Should().BeFalse();
        router.PreviewAddress.Should().BeNull();
        FluentActions.Invoking(() => router.TesterCommands(new Releases.RevisionId("shop", "1.0.0", 1))).Should().Throw<InvalidOperationException>();
    }
}
