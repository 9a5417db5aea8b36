using System.Net;
using System.Text;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class StreamingTests : RouterFixture
{
    [Test]
    [CancelAfter(30_000)]
    public async Task ServerSentEvents_EachEvent_ArrivesBeforeTheNextIsSent(CancellationToken cancellationToken)
    {
        var next = new SemaphoreSlim(1);
        WebUpstream app = Own(await WebUpstream.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (int i = 0; i < 5; i++)
            {
                await next.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
            }
        }));
        await StartAsync(app.Port);
        using HttpClient client = Client(HttpVersion.Version11);
        using HttpResponseMessage answer = await client.GetAsync(At("/"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));

        for (int i = 0; i < 5; i++)
        {
            // The upstream sends the next event only once this one has been read here: with a buffer between, this would never end.
            (await reader.ReadLineAsync(cancellationToken)).Should().Be($"data: {i}");
            await reader.ReadLineAsync(cancellationToken);
            next.Release();
        }
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task AnswerHead_BeforeAnyBody_ArrivesAtOnce(CancellationToken cancellationToken)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(async context =>
        {
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }));
        await StartAsync(app.Port);
        using HttpClient client = Client(HttpVersion.Version11);

        using HttpResponseMessage answer = await client.GetAsync(At("/"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task ChunkedBothWays_Trailers_PassBothWays(CancellationToken cancellationToken)
    {
        var seen = new TaskCompletionSource<string>();
        var upstream = Own(new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            seen.SetResult(await connection.ReadToAsync("\r\n\r\n"));
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\nContent-Length: 9\r\n\r\n");
            await connection.ReadHeadAsync();
        }));
        await StartAsync(upstream.Port);
        using RawClient client = await ConnectAsync();

        RawAnswer answer = await client.SendAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Check\r\n\r\n2\r\nhi\r\n0\r\nX-Check: 1\r\nContent-Length: 5\r\n\r\n");

        (await seen.Task.WaitAsync(cancellationToken)).Should().Be("2\r\nhi\r\n0\r\nX-Check: 1\r\n\r\n", "a trailer that frames a message stays behind");
        (answer.Body, answer.Header("Trailer")).Should().Be(("abc", "X-Sum"));
        answer.Trailers.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("X-Sum", "7"));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task ExpectContinue_UpstreamAgrees_BodyIsAskedForThen(CancellationToken cancellationToken)
    {
        var agree = new TaskCompletionSource();
        var upstream = Own(new RawUpstream(async connection =>
        {
            (await connection.ReadHeadAsync()).Should().Contain("Expect: 100-continue");
            await agree.Task;
            await connection.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n");
            string body = await connection.ReadToAsync("body");
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            await connection.ReadHeadAsync();
        }));
        await StartAsync(upstream.Port);
        using RawClient client = await ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        agree.SetResult();

        (await client.ReadHeadAsync()).Should().StartWith("HTTP/1.1 100");
        await client.WriteAsync("body");
        (await client.ReadAnswerAsync().WaitAsync(cancellationToken)).Body.Should().Be("body");
    }

    [Test]
    public async Task ExpectContinue_UpstreamRefuses_BodyIsNeverAskedFor()
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(context =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        }));
        await StartAsync(app.Port);
        using RawClient client = await ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");

        RawAnswer answer = await client.ReadAnswerAsync();

        answer.Status.Should().Be(403);
        answer.Header("Connection").Should().Be("close", "nobody can know whether what comes next is the body");
        (await MetricsAsync()).Errors.Should().Be(0);
    }

    [Test]
    public async Task ExpectContinue_UpstreamKnowsNothingOfIt_GetsTheBodyAfterASecond()
    {
        var upstream = Own(new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.ReadToAsync("body");
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            await connection.ReadHeadAsync();
        }));
        await StartAsync(upstream.Port);
        using RawClient client = await ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");

        (await client.ReadHeadAsync()).Should().StartWith("HTTP/1.1 100");
        await client.WriteAsync("body");
        (await client.ReadAnswerAsync()).Body.Should().Be("ok");
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", Description = "two lengths")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nabcde", Description = "a length that is none")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", Description = "a coding that nobody knows")]
    [TestCase("HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n", Description = "a folded line")]
    [TestCase("HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n", Description = "a space before the colon")]
    [TestCase("HTTP/1.1 200 OK\r\nX: a\rb\r\nContent-Length: 0\r\n\r\n", Description = "a bare CR")]
    [TestCase("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", Description = "a protocol that nobody asked for")]
    [TestCase("ICY 200 OK\r\n\r\n", Description = "not HTTP")]
    public async Task Answer_ThatCanBeReadInTwoWays_Is502AndAnError(string answer)
    {
        await StartAsync(Own(RawUpstream.Answering(answer)).Port);
        using RawClient client = await ConnectAsync();

        (await client.GetAsync("/")).Status.Should().Be(502);

        RevisionMetrics metrics = await MetricsAsync();
        (metrics.Requests, metrics.Errors).Should().Be((1, 1));
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", Description = "too short")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Description = "no last chunk")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", Description = "a chunk longer than it says")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n\r\n", Description = "a size that is none")]
    public async Task AnswerBody_ThatBreaksOff_CutsTheClientAndIsAnError(string answer)
    {
        var upstream = Own(new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync(answer);
        }));
        await StartAsync(upstream.Port);
        using RawClient client = await ConnectAsync();

        await FluentActions.Awaiting(() => client.GetAsync("/")).Should().ThrowAsync<Exception>("an answer that ends early must not look like a whole one");

        await Until.TrueAsync(async () => await MetricsAsync() is { Requests: 1, Errors: 1, InFlight: 0 }, "the error is counted");
    }

    [Test]
    public async Task AnswerUntilTheEnd_OfAnOldServer_IsWholeInHttp11()
    {
        var upstream = Own(new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.0 200 Fine\r\nX-Old: 1\r\n\r\nuntil the end");
        }));
        await StartAsync(upstream.Port);
        using RawClient client = await ConnectAsync();

        for (int i = 0; i < 3; i++)
        {
            RawAnswer answer = await client.GetAsync("/");
            (answer.Status, answer.Body, answer.Header("X-Old")).Should().Be((200, "until the end", "1"));
        }

        upstream.Connections.Should().Be(3);
    }

    [Test]
    public async Task Connections_ToAnInstance_AreUsedAgain()
    {
        RawUpstream upstream = Own(RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        await StartAsync(upstream.Port);
        using RawClient client = await ConnectAsync();

        for (int i = 0; i < 50; i++)
        {
            (await client.GetAsync("/")).Body.Should().Be("ok");
        }

        upstream.Connections.Should().Be(1);
    }

    [Test]
    public async Task AnswerWithMoreThanItsLength_RestIsNobodysAnswer()
    {
        RawUpstream upstream = Own(RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"));
        await StartAsync(upstream.Port);
        using RawClient client = await ConnectAsync();

        for (int i = 0; i < 5; i++)
        {
            (await client.GetAsync("/")).Body.Should().Be("ok");
        }
    }

    [Test]
    public async Task EarlyAnswer_WhileTheBodyIsSent_ArrivesAndTheRestIsDropped()
    {
        var upstream = Own(new RawUpstream(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.WriteAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
        }));
        await StartAsync(upstream.Port);
        using RawClient client = await ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + new string('x', 1000));

        RawAnswer answer = await client.ReadAnswerAsync();

        (answer.Status, answer.Body).Should().Be((413, "big"));
    }

    [Test]
    public async Task BrokenChunkFromTheClient_IsTheClientsFault()
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            await reader.ReadToEndAsync(context.RequestAborted);
        }));
        await StartAsync(app.Port);
        using RawClient client = await ConnectAsync();

        RawAnswer answer = await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

        answer.Status.Should().Be(400);
        RevisionMetrics metrics = await MetricsAsync();
        (metrics.Requests, metrics.Errors).Should().Be((0, 0));
    }
}
