using System.Net;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Instances that answer before they have seen the whole request, as 401 or 413 are.</summary>
public sealed class EarlyAnswerTests : RouterFixture
{
    private const int Rounds = 50;
    private static readonly UpstreamSettings Http2 = new() { Protocol = UpstreamProtocol.Http2 };

    // Behind a proxy the next request of a connection is another user's: nothing of it may be read for the one before.
    [Test]
    [CancelAfter(60_000)]
    public async Task Http2Instance_ClientSendsOn_NextRequestOfTheConnectionIsWhole(CancellationToken cancellationToken)
    {
        HastyUpstream upstream = Own(new HastyUpstream());
        await StartAsync(upstream.Port, upstream: Http2);
        using RawClient client = await ConnectAsync();
        for (int round = 0; round < Rounds; round++)
        {
            await client.WriteAsync("POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            (await client.ReadAnswerAsync().WaitAsync(cancellationToken)).Status.Should().Be(200);
            await client.WriteAsync("1\r\nb\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");

            (await client.ReadAnswerAsync().WaitAsync(cancellationToken)).Status.Should().Be(200, "the connection goes on in round {0}", round);
        }

        upstream.Bodies.Should().NotContain("b", "what came after the answer is nobody's");
        await Until.TrueAsync(async () => await MetricsAsync() is { Requests: 2 * Rounds, Errors: 0, InFlight: 0 }, "each is one request");
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Http2InstanceThatStopsReading_Is504InTimeAndAnError(CancellationToken cancellationToken)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(
            context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default),
            Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2));
        await StartAsync(app.Port, upstream: Http2 with { ResponseSeconds = 0.5 });
        using HttpClient client = Client(HttpVersion.Version20);

        using var body = new ByteArrayContent(new byte[8 << 20]);
        using HttpResponseMessage answer = await client.PostAsync(At("/"), body, cancellationToken);

        answer.StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);
        await Until.TrueAsync(async () => await MetricsAsync() is { Requests: 1, Errors: 1, InFlight: 0 }, "nothing is left in flight");
    }
}
