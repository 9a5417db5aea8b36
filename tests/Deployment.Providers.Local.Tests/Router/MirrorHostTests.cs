using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Hosts that Kestrel lets through and that are none to others.</summary>
public sealed class MirrorHostTests : RouterFixture
{
    private const int MoreThanPlaces = 70;

    [TestCase("a..b")]
    [TestCase("x:99999")]
    [TestCase("a!b")]
    public async Task Mirroring_HostThatIsNone_UserIsAnsweredAndCopiesGoOn(string host)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(context => context.Response.WriteAsync(context.Request.Headers.Host.ToString())));
        await StartAsync(app.Port);
        await SwitchAsync(Table(2, app.Port) with
        {
            Rules = new SiteRules { MirrorPercent = 100 },
            Live = [new LiveRevision(Second, [app.Port]), new LiveRevision(First, [app.Port])],
        });
        using RawClient client = await ConnectAsync();

        for (int request = 0; request < MoreThanPlaces; request++)
        {
            RawAnswer answer = await client.SendAsync($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
            (answer.Status, answer.Body).Should().Be((200, host), "a copy is nobody's business but the router's");
        }

        long before = (await MirroredAsync()).Sent;
        (await client.GetAsync("/")).Status.Should().Be(200);
        await Until.TrueAsync(async () => (await MirroredAsync()).Sent == before + 1, "a request that can be copied still is");
    }

    [TestCase("a..b", 400)]
    [TestCase("x:99999", 400)]
    [TestCase("a_b.test:8080", 200)]
    [TestCase("[::1]:80", 200)]
    public async Task Http2Instance_HostThatIsNone_IsRefusedAsTheClientsFault(string host, int status)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(context => context.Response.WriteAsync(context.Request.Host.Value!), HttpProtocols.Http2));
        await StartAsync(app.Port, upstream: new UpstreamSettings { Protocol = UpstreamProtocol.Http2 });
        using RawClient client = await ConnectAsync();

        RawAnswer answer = await client.SendAsync($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");

        answer.Status.Should().Be(status);
        answer.Body.Should().Be(status == 200 ? host : "");
        (await MetricsAsync()).Errors.Should().Be(0);
    }

    private async Task<MirrorMetrics> MirroredAsync() => (await RouterClient.MetricsAsync(Folder.RouterSocket(Port), CancellationToken.None))!.Targets["t"].Mirror;
}
