using System.Net;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class LimitsTests : RouterFixture
{
    private const string Silent = "/silent";

    [Test]
    public async Task InstanceThatDoesNotAnswer_Is504InTimeAndAnError()
    {
        var upstream = Own(new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.ReadHeadAsync();
        }));
        await StartAsync(upstream.Port, upstream: new UpstreamSettings { ResponseSeconds = 0.5 });
        using RawClient client = await ConnectAsync();

        (await client.GetAsync("/")).Status.Should().Be(504);

        RevisionMetrics metrics = await MetricsAsync();
        (metrics.Requests, metrics.Errors, metrics.InFlight).Should().Be((1, 1, 0));
        upstream.Connections.Should().Be(1, "the instance may have acted on it");
    }

    [Test]
    public async Task Http2InstanceThatDoesNotAnswer_Is504()
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(
            context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default),
            Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2));
        await StartAsync(app.Port, upstream: new UpstreamSettings { ResponseSeconds = 0.5, Protocol = UpstreamProtocol.Http2 });
        using RawClient client = await ConnectAsync();

        (await client.GetAsync("/")).Status.Should().Be(504);
        (await client.PostAsync("/", "body")).Status.Should().Be(504);
    }

    // What is sent waits in buffers until they are full; from then on the instance is waited for, not the client.
    [Test]
    [CancelAfter(60_000)]
    public async Task InstanceThatStopsReading_Is504InTimeAndAnError(CancellationToken cancellationToken)
    {
        var upstream = Own(new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }));
        await StartAsync(upstream.Port, upstream: new UpstreamSettings { ResponseSeconds = 0.5 });
        using RawClient client = await ConnectAsync();
        await client.WriteAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {256L << 20}\r\n\r\n");
        Task sending = SendAsync();

        (await client.ReadAnswerAsync().WaitAsync(cancellationToken)).Status.Should().Be(504);

        await Until.TrueAsync(async () => await MetricsAsync() is { Requests: 1, Errors: 1, InFlight: 0 }, "nothing is left in flight");
        client.Dispose();
        await sending;

        async Task SendAsync()
        {
            string piece = new('x', 1 << 20);
            try
            {
                for (int sent = 0; sent < 256; sent++)
                {
                    await client.WriteAsync(piece);
                }
            }
            catch (Exception error) when (error is System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                // The router has had enough of it.
            }
        }
    }

    // The time counts to the head of the answer, not to its end; nor does it count while the client still sends.
    [Test]
    public async Task SlowBodies_AreNotLateAnswers()
    {
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WebUpstream app = Own(await WebUpstream.StartAsync(async context =>
        {
            if (context.Request.Path == Silent)
            {
                await Forever(context.RequestAborted);
            }

            using var reader = new StreamReader(context.Request.Body);
            await reader.ReadToEndAsync(context.RequestAborted);
            await context.Response.Body.FlushAsync();
            await late.Task.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("late");
        }));
        await StartAsync(app.Port, upstream: new UpstreamSettings { ResponseSeconds = 0.5 });
        using RawClient client = await ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
        await LimitPassesAsync();
        await client.WriteAsync("dy");
        (await client.ReadHeadAsync()).Should().StartWith("HTTP/1.1 200");
        await LimitPassesAsync();
        late.SetResult();

        (await client.ReadAsync(12)).Should().Be("4\r\nlate\r\n0\r\n");
    }

    [Test]
    public async Task AnswerThatBeginsBeforeItsRequestEnds_IsNotLate()
    {
        var whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var upstream = Own(new RawUpstream(async connection =>
        {
            if ((await connection.ReadHeadAsync()).Contains(Silent, StringComparison.Ordinal))
            {
                await connection.ReadHeadAsync();
                return;
            }

            await connection.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            await connection.ReadToAsync("body");
            whole.SetResult();
            await late.Task;
            await connection.WriteAsync("1\r\nb\r\n0\r\n\r\n");
            await connection.ReadHeadAsync();
        }));
        await StartAsync(upstream.Port, upstream: new UpstreamSettings { ResponseSeconds = 0.4 });
        using RawClient client = await ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
        await client.ReadHeadAsync();
        await client.WriteAsync("dy");
        await whole.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await LimitPassesAsync();
        late.SetResult();

        (await client.ReadAsync(14)).Should().Be("1\r\na\r\n1\r\nb\r\n0\r");
    }

    [Test]
    public async Task HeaderBomb_Is431AndReachesNobody()
    {
        RawUpstream upstream = Own(RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        await StartAsync(upstream.Port);
        using RawClient large = await ConnectAsync();
        using RawClient many = await ConnectAsync();

        (await large.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX-Bomb: {new string('x', 40_000)}\r\n\r\n")).Status.Should().Be(431);
        (await many.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"X-{i}: 1\r\n")) + "\r\n")).Status.Should().Be(431);
        upstream.Connections.Should().Be(0);
    }

    [Test]
    public async Task LongRequestLine_Is414()
    {
        await StartAsync(Own(RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).Port);
        using RawClient client = await ConnectAsync();

        (await client.GetAsync("/" + new string('x', 9000))).Status.Should().Be(414);
    }

    [TestCase("Content-Length: 2000\r\n\r\n")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n7d0\r\n")]
    public async Task BodyTooLong_Is413(string framing)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await reader.ReadToEndAsync(context.RequestAborted);
        }));
        await StartAsync(app.Port, new RouterSettings { MaxBodyBytes = 1000 });
        using RawClient client = await ConnectAsync();

        (await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}{new string('x', 2000)}")).Status.Should().Be(413);
        (await MetricsAsync()).Errors.Should().Be(0);
    }

    [Test]
    public async Task Settings_InANewTable_CountFromTheNextConnection()
    {
        RawUpstream upstream = Own(RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        await StartAsync(upstream.Port);
        await SwitchAsync(Table(2, upstream.Port, new RouterSettings { MaxRequestLineBytes = 300, MaxHeaderBytes = 2000 }));
        using RawClient line = await ConnectAsync();
        using RawClient head = await ConnectAsync();

        (await line.GetAsync("/" + new string('x', 400))).Status.Should().Be(414);
        (await head.SendAsync($"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 3000)}\r\n\r\n")).Status.Should().Be(431);
    }

    [Test]
    public async Task MaxConnections_OneTooMany_IsClosedAndOthersGoOn()
    {
        await StartAsync(Own(RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).Port, new RouterSettings { MaxConnections = 2 });
        using RawClient one = await ConnectAsync();
        using RawClient two = await ConnectAsync();
        (await one.GetAsync("/")).Status.Should().Be(200);
        (await two.GetAsync("/")).Status.Should().Be(200);
        using RawClient three = await ConnectAsync();

        (await three.IsClosedAsync()).Should().BeTrue();
        (await one.GetAsync("/")).Status.Should().Be(200);
    }

    [TestCase("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", Description = "in the middle of a head")]
    [TestCase("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx", Description = "in the middle of a body")]
    [TestCase("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Description = "between requests")]
    [TestCase("PRI * HT", Description = "before it is known what it speaks")]
    [TestCase("", Description = "before anything")]
    public async Task SilentClient_IsCutOff(string begin)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await reader.ReadToEndAsync(context.RequestAborted);
        }));
        await StartAsync(app.Port, new RouterSettings { HeaderSeconds = 1, KeepAliveSeconds = 1, BodyGraceSeconds = 2 });
        using RawClient client = await ConnectAsync();
        await client.WriteAsync(begin);

        (await client.IsClosedAsync().WaitAsync(TimeSpan.FromSeconds(20))).Should().BeTrue();
        await Until.TrueAsync(async () => await MetricsAsync() is { Errors: 0, InFlight: 0 }, "it is no failure of the revision");
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task ClientOfHttp2Leaves_UpstreamRequestIsCancelledAndNoError(CancellationToken cancellationToken)
    {
        var begun = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        WebUpstream app = Own(await WebUpstream.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            begun.SetResult();
            await aborted.Task;
        }));
        await StartAsync(app.Port);
        using HttpClient client = Client(HttpVersion.Version20);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<HttpResponseMessage> asked = client.GetAsync(At("/"), leave.Token);
        await begun.Task.WaitAsync(cancellationToken);

        await leave.CancelAsync();

        await aborted.Task.WaitAsync(cancellationToken);
        await FluentActions.Awaiting(() => asked).Should().ThrowAsync<OperationCanceledException>();
        await Until.TrueAsync(async () => await MetricsAsync() is { Errors: 0, Requests: 0, InFlight: 0 }, "it is no failure of the revision");
    }

    // The limit has passed when a request that was sent later has met it.
    private async Task LimitPassesAsync()
    {
        using RawClient other = await ConnectAsync();
        (await other.GetAsync(Silent)).Status.Should().Be(504);
    }

    private static Task Forever(CancellationToken aborted) => Task.Delay(Timeout.Infinite, aborted);
}
