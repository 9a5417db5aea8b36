using System.Collections.Concurrent;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Instances that speak HTTP/2 alone are probed in it.</summary>
public sealed class HealthOverHttp2Tests : RouterFixture
{
    private readonly ConcurrentQueue<string> _probes = new();
    private volatile int _status = 200;

    [Test]
    public async Task Http2Instance_IsProbedInHttp2_AndLeavesAndComesBack()
    {
        WebUpstream app = await StartAppAsync();
        await StartAsync(app.Port, upstream: new UpstreamSettings { Protocol = UpstreamProtocol.Http2 });
        await SwitchAsync(Probed(app.Port, UpstreamProtocol.Http2));

        await Until.TrueAsync(() => Task.FromResult(_probes.Count > 3), "it is probed");
        (await UnhealthyAsync()).Should().BeEmpty();
        _probes.Should().OnlyContain(protocol => protocol == "HTTP/2");

        _status = 500;
        await Until.TrueAsync(async () => (await UnhealthyAsync()).SequenceEqual([app.Port]), "it is found unwell");
        _status = 200;
        await Until.TrueAsync(async () => (await UnhealthyAsync()).Count == 0, "it is found well");
    }

    // The negative control: asked in HTTP/1.1 it can't say that it is well.
    [Test]
    public async Task Http2Instance_ProbedInHttp1_IsUnwell()
    {
        WebUpstream app = await StartAppAsync();
        await StartAsync(app.Port);
        await SwitchAsync(Probed(app.Port, UpstreamProtocol.Http1));

        await Until.TrueAsync(async () => (await UnhealthyAsync()).SequenceEqual([app.Port]), "it is found unwell");
    }

    private async Task<WebUpstream> StartAppAsync()
    {
        _probes.Clear();
        return Own(await WebUpstream.StartAsync(
            context =>
            {
                _probes.Enqueue(context.Request.Protocol);
                context.Response.StatusCode = _status;
                return Task.CompletedTask;
            },
            HttpProtocols.Http2));
    }

    private RouteTable Probed(int port, UpstreamProtocol protocol) => Table(2, port, upstream: new UpstreamSettings { Protocol = protocol }) with
    {
        Rules = new SiteRules { Health = new HealthProbe { Path = "/health", IntervalSeconds = 0.05 } },
    };

    private async Task<IReadOnlyList<int>> UnhealthyAsync() => (await RouterClient.MetricsAsync(Folder.RouterSocket(Port), CancellationToken.None))!.Targets["t"].Unhealthy;
}
