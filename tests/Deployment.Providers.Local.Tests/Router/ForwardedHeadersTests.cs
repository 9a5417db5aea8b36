using System.Text.Json;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class ForwardedHeadersTests : RouterFixture
{
    private const string Claims = "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\nForwarded: for=6.6.6.6\r\n";

    [Test]
    public async Task Claims_OfAnybody_AreDropped()
    {
        Dictionary<string, string> seen = await SeenAsync(Claims);

        (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"], seen["X-Forwarded-Host"]).Should().Be(("127.0.0.1", "http", "a"));
        seen.Should().NotContainKey("Forwarded");
    }

    [TestCase("127.0.0.0/8")]
    [TestCase("127.0.0.1")]
    public async Task Claims_OfATrustedProxy_AreKeptAndAppendedTo(string network)
    {
        Dictionary<string, string> seen = await SeenAsync(Claims, "10.0.0.0/8", network);

        (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"], seen["X-Forwarded-Host"]).Should().Be(("6.6.6.6, 127.0.0.1", "https", "shop.example"));
        seen.Should().NotContainKey("Forwarded");
    }

    private const string MoreClaims =
        "X-Forwarded-Port: 666\r\nx-forwarded-ssl: on\r\nX-Forwarded-Scheme: https\r\nX-Forwarded-Server: evil\r\nX_Forwarded_Prefix: /evil\r\n"
        + "X_FORWARDED-Port: 667\r\nX-Forwarded-Prefix: /evil\r\nDeployment-Mirror: 1\r\nDeployment_Mirror: 1\r\nX-Other: 1\r\n";

    [Test]
    public async Task OtherClaims_OfAnybody_AreDropped()
    {
        Dictionary<string, string> seen = await SeenAsync(MoreClaims);

        seen.Keys.Where(name => name.StartsWith("X", StringComparison.OrdinalIgnoreCase)).Should().BeEquivalentTo("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Other");
        seen.Keys.Should().NotContain(name => name.StartsWith("Deployment", StringComparison.OrdinalIgnoreCase), "only copies are marked so");
    }

    [Test]
    public async Task OtherClaims_OfATrustedProxy_AreKept()
    {
        Dictionary<string, string> seen = await SeenAsync(MoreClaims, "127.0.0.1");

        (seen["X-Forwarded-Port"], seen["X-Forwarded-Ssl"], seen["X-Forwarded-Prefix"], seen["Deployment-Mirror"]).Should().Be(("666", "on", "/evil", "1"));
        seen.Keys.Should().NotContain(name => name.Contains('_', StringComparison.Ordinal), "nobody means two headers that applications can't tell apart");
    }

    [TestCase("", "/shop")]
    [TestCase("Connection: X-Forwarded-Prefix, X-Forwarded-For\r\n", "/shop")]
    [TestCase("X-Forwarded-Prefix: /evil\r\n", "/shop")]
    public async Task PrefixTakenAway_IsTold_WhateverTheClientSays(string headers, string prefix)
    {
        Rules = new SiteRules { PathPrefix = "/shop", StripPathPrefix = true };

        Dictionary<string, string> seen = await SeenAsync(headers);

        (seen["X-Forwarded-Prefix"], seen["X-Forwarded-For"]).Should().Be((prefix, "127.0.0.1"));
    }

    [Test]
    public async Task PrefixTakenAway_BehindATrustedProxyThatTookOneToo_IsBoth()
    {
        Rules = new SiteRules { PathPrefix = "/shop", StripPathPrefix = true };

        (await SeenAsync("X-Forwarded-Prefix: /outer\r\n", "127.0.0.1"))["X-Forwarded-Prefix"].Should().Be("/outer/shop");
    }

    [Test]
    public async Task TrustedProxy_ThatClaimsNothing_IsTheClient()
    {
        Dictionary<string, string> seen = await SeenAsync("", "127.0.0.1");

        (seen["X-Forwarded-For"], seen["X-Forwarded-Proto"], seen["X-Forwarded-Host"]).Should().Be(("127.0.0.1", "http", "a"));
    }

    // Kestrel by itself shows the first three without X-Hop, and it would pass.
    [TestCase("Connection: keep-alive, X-Hop\r\n")]
    [TestCase("Connection: keep-alive\r\nConnection: X-Hop\r\n")]
    [TestCase("Connection: close, X-Hop\r\n")]
    [TestCase("Connection: X-Hop\r\n")]
    [TestCase("connection: x-hop,x-other\r\n")]
    public async Task NamedInConnection_StaysBehind(string connection)
    {
        Dictionary<string, string> seen = await SeenAsync(connection + "X-Hop: 1\r\nX-Kept: 2\r\n");

        seen.Should().NotContainKey("X-Hop").And.NotContainKey("Connection");
        seen["X-Kept"].Should().Be("2");
    }

    [Test]
    public async Task Te_OnlyTrailersGoOn()
    {
        Dictionary<string, string> seen = await SeenAsync("TE: deflate, trailers\r\nConnection: TE\r\nProxy-Authorization: x\r\nProxy-Connection: keep-alive\r\n");

        seen["TE"].Should().Be("trailers");
        seen.Keys.Should().NotContain(["Proxy-Authorization", "Proxy-Connection"]);
    }

    [Test]
    public async Task HeaderBytes_PassAsTheyAre()
    {
        Dictionary<string, string> seen = await SeenAsync("X-Bytes: \u00e4\u00ff;\"x\" \r\nX-Empty:\r\nX-Twice: 1\r\nX-Twice: 2\r\n");

        seen["X-Bytes"].Should().Be("\u00e4\u00ff;\"x\"");
        seen["X-Empty"].Should().Be("");
        seen["X-Twice"].Should().Be("1,2");
    }

    private SiteRules Rules { get; set; } = new();

    [SetUp]
    public void ForgetRules() => Rules = new SiteRules();

    private async Task<Dictionary<string, string>> SeenAsync(string headers, params string[] proxies)
    {
        RawUpstream upstream = Own(new RawUpstream(async connection =>
        {
            string head = await connection.ReadHeadAsync();
            var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (string line in head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1))
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                string name = line[..colon];
                string value = line[(colon + 2)..];
                seen[name] = seen.TryGetValue(name, out string? before) ? before + "," + value : value;
            }

            string body = JsonSerializer.Serialize(seen);
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            await connection.ReadHeadAsync();
        }));
        await StartAsync(upstream.Port, new RouterSettings { TrustedProxies = [.. proxies] });
        await SwitchAsync(Table(2, upstream.Port, new RouterSettings { TrustedProxies = [.. proxies] }) with { Rules = Rules });
        using RawClient client = await ConnectAsync();
        RawAnswer answer = await client.SendAsync($"GET {Rules.PathPrefix} HTTP/1.1\r\nHost: a\r\n{headers}\r\n");
        answer.Status.Should().Be(StatusCodes.Status200OK);
        var all = new Dictionary<string, string>(JsonSerializer.Deserialize<Dictionary<string, string>>(answer.Body)!, StringComparer.OrdinalIgnoreCase);
        if (all.TryGetValue("Connection", out string? connection) && connection == "TE")
        {
            all.Remove("Connection");
        }

        return all;
    }
}
