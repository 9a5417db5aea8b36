using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Users who come without a sticky cookie are given one, and stay where it puts them.</summary>
public sealed class IssuedCookieTests : RouterFixture
{
    private const int Users = 200;
    private static readonly SiteRules Issues = new() { StickyCookie = "stays", IssueStickyCookie = true };
    private int _first;
    private int _second;

    [SetUp]
    public async Task StartUpstreamsAsync()
    {
        _first = Own(await WebUpstream.StartAsync(context => context.Response.WriteAsync("v1"))).Port;
        _second = Own(await WebUpstream.StartAsync(context => context.Response.WriteAsync("v2"))).Port;
    }

    [Test]
    public async Task UsersWhoReturnTheirCookie_ShareGrowsAndGoesBack_MoveOnceForwardsAndAllBack()
    {
        await StartAsync(_first);
        long generation = 1;
        var users = new string?[Users];
        List<string[]> seen = [];
        using RawClient client = await ConnectAsync();

        foreach (int percent in (int[])[0, 10, 50, 100, 0])
        {
            await SwitchAsync(Split(++generation, percent, Issues));
            string[] versions = new string[Users];
            for (int user = 0; user < Users; user++)
            {
                versions[user] = await VisitAsync(client, users, user);
                (await VisitAsync(client, users, user)).Should().Be(versions[user], "a user stays");
            }

            seen.Add(versions);
        }

        users.Should().OnlyHaveUniqueItems().And.OnlyContain(user => user!.Length == 32);
        seen[0].Should().OnlyContain(version => version == "v1");
        seen[1].Should().Contain("v2").And.Contain("v1");
        for (int step = 1; step <= 3; step++)
        {
            Enumerable.Range(0, Users).Where(user => seen[step - 1][user] == "v2" && seen[step][user] == "v1").Should().BeEmpty("nobody moves back while the share grows");
        }

        seen[2].Count(version => version == "v2").Should().BeInRange(70, 130, "half of 200 users, within four standard deviations");
        seen[3].Should().OnlyContain(version => version == "v2");
        seen[4].Should().OnlyContain(version => version == "v1", "going back takes all of them back");
    }

    // The negative control: users who lose their cookies move.
    [Test]
    public async Task UsersWhoDropTheirCookie_AreAnsweredByBoth()
    {
        await StartAsync(_first);
        await SwitchAsync(Split(2, 50, Issues));
        using RawClient client = await ConnectAsync();

        string[] versions = new string[50];
        for (int visit = 0; visit < versions.Length; visit++)
        {
            versions[visit] = (await client.GetAsync("/")).Body;
        }

        versions.Should().Contain("v1").And.Contain("v2");
    }

    [Test]
    public async Task Cookie_HasTheAttributesThatItNeeds()
    {
        await StartAsync(_first);
        await SwitchAsync(Split(2, 50, Issues));
        using RawClient client = await ConnectAsync();

        (await client.GetAsync("/")).Header("Set-Cookie").Should().MatchRegex("^stays=[0-9a-f]{32}; path=/; samesite=lax; httponly$", "clear text, until the browser is closed");

        await SwitchAsync(Split(3, 50, Issues with { PathPrefix = "/shop", StickyCookieSeconds = 3600 }));
        (await client.GetAsync("/shop/cart")).Header("Set-Cookie").Should().MatchRegex("^stays=[0-9a-f]{32}; max-age=3600; path=/shop; samesite=lax; httponly$");
    }

    [Test]
    public async Task Cookie_UnderTls_IsSecure()
    {
        var files = new CertificateFiles { Certificate = Path.Combine(Folder.Path, "c.pem"), Key = Path.Combine(Folder.Path, "c.key") };
        TestCertificate.Write("shop.test", files);
        await StartAsync(_first, new RouterSettings { Tls = [files] });
        await SwitchAsync(Split(2, 50, Issues) with { Router = new RouterSettings { Tls = [files] } });
        using HttpClient client = Client(System.Net.HttpVersion.Version20);

        using HttpResponseMessage answer = await client.GetAsync(At("/", "https"));

        answer.Headers.GetValues("Set-Cookie").Should().ContainSingle().Which.Should().Contain("; secure;");
    }

    [Test]
    public async Task Cookie_BehindATrustedProxyThatSpokeTls_IsSecure()
    {
        await StartAsync(_first);
        await SwitchAsync(Split(2, 50, Issues));
        using RawClient client = await ConnectAsync();
        const string Request = "GET / HTTP/1.1\r\nHost: shop.test\r\nX-Forwarded-Proto: https\r\n\r\n";

        (await client.SendAsync(Request)).Header("Set-Cookie").Should().NotContain("secure", "nobody vouches for it");
        await SwitchAsync(Split(3, 50, Issues) with { Router = new RouterSettings { TrustedProxies = ["127.0.0.1"] } });
        (await client.SendAsync(Request)).Header("Set-Cookie").Should().Contain("secure");
    }

    [TestCase("Cookie: stays=me\r\n", false)]
    [TestCase("Cookie: stays=\r\n", true)]
    [TestCase("Cookie: other=me\r\n", true)]
    [TestCase("X-User: me\r\n", false)]
    public async Task WhoCanBeToldApart_GetsNone(string header, bool issued)
    {
        await StartAsync(_first);
        await SwitchAsync(Split(2, 50, Issues with { StickyHeader = "X-User" }));
        using RawClient client = await ConnectAsync();

        ((await client.SendAsync($"GET / HTTP/1.1\r\nHost: shop.test\r\n{header}\r\n")).Header("Set-Cookie") is not null).Should().Be(issued);
    }

    [Test]
    public async Task ApplicationSetsTheCookieItself_ItsOwnCounts()
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(context =>
        {
            context.Response.Headers.SetCookie = new(["a=1", "stays=mine; path=/"]);
            return context.Response.WriteAsync("v1");
        }));
        await StartAsync(app.Port);
        await SwitchAsync(Table(2, app.Port) with { Rules = Issues });
        using RawClient client = await ConnectAsync();

        RawAnswer answer = await client.GetAsync("/");

        answer.Headers.Where(header => header.Key == "Set-Cookie").Select(header => header.Value).Should().Equal("a=1", "stays=mine; path=/");
    }

    [Test]
    public async Task NotAsked_NoneIsIssued()
    {
        await StartAsync(_first);
        await SwitchAsync(Split(2, 50, new SiteRules { StickyCookie = "stays" }));
        using RawClient client = await ConnectAsync();

        (await client.GetAsync("/")).Header("Set-Cookie").Should().BeNull();
    }

    private RouteTable Split(long generation, int percent, SiteRules rules)
    {
        RouteTable table = Table(generation, _first);
        (string Revision, RouteEntry Entry)[] shares = [(First, new RouteEntry(100 - percent, [_first])), (Second, new RouteEntry(percent, [_second]))];
        return table with
        {
            Revisions = table.Revisions.Clear().AddRange(shares.Where(share => share.Entry.Percent > 0).Select(share => KeyValuePair.Create(share.Revision, share.Entry))),
            Rules = rules,
        };
    }

    private static async Task<string> VisitAsync(RawClient client, string?[] users, int user)
    {
        string cookie = users[user] is { } id ? $"Cookie: stays={id}\r\n" : "";
        RawAnswer answer = await client.SendAsync($"GET / HTTP/1.1\r\nHost: shop.test\r\n{cookie}\r\n");
        if (answer.Header("Set-Cookie") is { } issued)
        {
            users[user].Should().BeNull("a cookie is given once");
            users[user] = issued.Split(';')[0]["stays=".Length..];
        }

        return answer.Body;
    }
}
