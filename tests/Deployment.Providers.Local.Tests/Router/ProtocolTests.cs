using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class ProtocolTests : RouterFixture
{
    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task ClearText_BothProtocolsOnOnePort_AreServed(string version)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(EchoAsync));
        await StartAsync(app.Port);
        using HttpClient client = Client(Version.Parse(version));

        using HttpResponseMessage answer = await client.PostAsync(At("/a?b=c"), new StringContent("body"));

        answer.Version.Should().Be(Version.Parse(version));
        (await answer.Content.ReadAsStringAsync()).Should().Be("POST /a?b=c HTTP/1.1 body");
    }

    [Test]
    public async Task ManyStreams_OfOneHttp2Connection_AreAllAnswered()
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(EchoAsync));
        await StartAsync(app.Port);
        using HttpClient client = Client(HttpVersion.Version20);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i => await (await client.PostAsync(At($"/{i}"), new StringContent($"body {i}"))).Content.ReadAsStringAsync()));

        answers.Should().Equal(Enumerable.Range(0, 300).Select(i => $"POST /{i} HTTP/1.1 body {i}"));
    }

    [TestCase(ClientProtocols.Http1, "1.1", true)]
    [TestCase(ClientProtocols.Http1, "2.0", false)]
    [TestCase(ClientProtocols.Http2, "2.0", true)]
    [TestCase(ClientProtocols.Http2, "1.1", false)]
    public async Task Protocols_OneAlone_TheOtherIsRefused(ClientProtocols protocols, string version, bool served)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(EchoAsync));
        await StartAsync(app.Port, new RouterSettings { Protocols = protocols });
        using HttpClient client = Client(Version.Parse(version));

        bool answered;
        try
        {
            answered = (await client.GetAsync(At("/"))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            answered = false;
        }

        answered.Should().Be(served);
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Preface_InSingleBytes_IsRecognized(CancellationToken cancellationToken)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(EchoAsync));
        await StartAsync(app.Port);
        using RawClient http2 = await ConnectAsync();
        foreach (char c in "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        {
            await http2.WriteAsync(c.ToString());
        }

        // An empty SETTINGS frame answers to one.
        await http2.WriteAsync("\0\0\0\x04\0\0\0\0\0");
        (await http2.ReadAsync(9).WaitAsync(cancellationToken))[3].Should().Be('\x04', "the server's first frame is SETTINGS");

        using RawClient http1 = await ConnectAsync();
        foreach (char c in "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n")
        {
            await http1.WriteAsync(c.ToString());
        }

        (await http1.ReadAnswerAsync()).Body.Should().Be("PROPFIND / HTTP/1.1 ");
    }

    // What gRPC needs: HTTP/2 to the application and back, frames as they are, trailers after the body, and both directions at once.
    [TestCase(UpstreamProtocol.Automatic)]
    [TestCase(UpstreamProtocol.Http2)]
    [CancelAfter(30_000)]
    public async Task Grpc_BidirectionalStream_FramesAndTrailersPass(UpstreamProtocol protocol, CancellationToken cancellationToken)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(GrpcEchoAsync, HttpProtocols.Http2));
        await StartAsync(app.Port, upstream: new UpstreamSettings { Protocol = protocol });
        using HttpClient client = Client(HttpVersion.Version20);
        var outgoing = new DuplexContent("application/grpc+proto");
        using var request = new HttpRequestMessage(HttpMethod.Post, At("/shop.Orders/Chat")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = outgoing };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));

        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using Stream incoming = await answer.Content.ReadAsStreamAsync(cancellationToken);
        foreach (string message in new[] { "first", new string('x', 300_000), "" })
        {
            await outgoing.WriteAsync(FrameOf(message), cancellationToken);
            // Each message comes back before the next is sent: nothing waits for the end of a stream.
            (await ReadFrameAsync(incoming, cancellationToken)).Should().Be("echo " + message);
        }

        outgoing.Finish();
        (await incoming.ReadAsync(new byte[1], cancellationToken)).Should().Be(0);
        answer.Version.Should().Be(HttpVersion.Version20);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/grpc+proto");
        answer.TrailingHeaders.GetValues("grpc-status").Should().Equal("0");
        answer.TrailingHeaders.GetValues("x-te").Should().Equal("trailers");
        await Until.TrueAsync(async () => await MetricsAsync() is { Requests: 1, Errors: 0, InFlight: 0 }, "it is one request");
    }

    // No client of gRPC speaks so: the header alone must neither change the protocol nor lift a limit.
    [TestCase("GET", "1.1")]
    [TestCase("POST", "1.1")]
    [TestCase("GET", "2.0")]
    public async Task GrpcByItsHeaderAlone_IsAnOrdinaryRequest(string method, string version)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(EchoAsync));
        await StartAsync(app.Port);
        using HttpClient client = Client(Version.Parse(version));
        using var request = new HttpRequestMessage(new HttpMethod(method), At("/")) { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = new ByteArrayContent([]);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");

        using HttpResponseMessage answer = await client.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).Should().Be($"{method} / HTTP/1.1 ");
        (await MetricsAsync()).Errors.Should().Be(0);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task GrpcByItsHeaderAlone_SlowBodyIsCutOffAsAnyOther(CancellationToken cancellationToken)
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(EchoAsync));
        await StartAsync(app.Port, new RouterSettings { BodyGraceSeconds = 2 });
        using RawClient client = await ConnectAsync();
        await client.WriteAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 100\r\n\r\nx");

        (await client.IsClosedAsync().WaitAsync(cancellationToken)).Should().BeTrue();
    }

    [Test]
    public async Task Grpc_UpstreamIsGone_Is502AndAnError()
    {
        int port;
        await using (RawUpstream gone = RawUpstream.Answering(""))
        {
            port = gone.Port;
        }

        await StartAsync(port, upstream: new UpstreamSettings { Protocol = UpstreamProtocol.Http2 });
        using HttpClient client = Client(HttpVersion.Version20);

        (await client.GetAsync(At("/"))).StatusCode.Should().Be(HttpStatusCode.BadGateway);

        RevisionMetrics metrics = await MetricsAsync();
        (metrics.Requests, metrics.Errors).Should().Be((1, 1));
    }

    [TestCase("1.1")]
    [TestCase("2.0")]
    public async Task Http1Trailers_ToEitherClient_Pass(string version)
    {
        RawUpstream upstream = Own(RawUpstream.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n"));
        await StartAsync(upstream.Port);
        using HttpClient client = Client(Version.Parse(version));

        using HttpResponseMessage answer = await client.GetAsync(At("/"));

        (await answer.Content.ReadAsStringAsync()).Should().Be("abc");
        answer.TrailingHeaders.GetValues("X-Sum").Should().Equal("7");
    }

    [Test]
    public async Task Cookies_SplitInHttp2_AreOneLineInHttp1()
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(context => context.Response.WriteAsync(string.Join('|', context.Request.Headers.Cookie.ToArray()))));
        await StartAsync(app.Port);
        using HttpClient client = Client(HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Get, At("/")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("Cookie", ["a=1", "b=2"]);

        (await (await client.SendAsync(request)).Content.ReadAsStringAsync()).Should().Be("a=1; b=2");
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        await context.Response.WriteAsync($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Protocol} {body}");
    }

    private static async Task GrpcEchoAsync(HttpContext context)
    {
        context.Response.ContentType = context.Request.ContentType;
        await context.Response.Body.FlushAsync();
        while (await ReadFrameAsync(context.Request.Body, context.RequestAborted) is { } message)
        {
            await context.Response.Body.WriteAsync(FrameOf("echo " + message), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        context.Response.AppendTrailer("grpc-status", "0");
        context.Response.AppendTrailer("x-te", context.Request.Headers.TE.ToString());
    }

    // One byte for compression, four for the length (the framing of gRPC over HTTP/2).
    private static byte[] FrameOf(string message)
    {
        byte[] frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        Encoding.ASCII.GetBytes(message, frame.AsSpan(5));
        return frame;
    }

    private static async Task<string?> ReadFrameAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] head = new byte[5];
        if (await stream.ReadAtLeastAsync(head, 5, throwOnEndOfStream: false, cancellationToken) < 5)
        {
            return null;
        }

        byte[] message = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await stream.ReadExactlyAsync(message, cancellationToken);
        return Encoding.ASCII.GetString(message);
    }

    /// <summary>A request's body that the test goes on writing while it reads the answer.</summary>
    private sealed class DuplexContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _stream = new();
        private readonly TaskCompletionSource _finished = new();

        public DuplexContent(string type) => Headers.ContentType = new MediaTypeHeaderValue(type);

        public async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
        {
            Stream stream = await _stream.Task;
            await stream.WriteAsync(bytes, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }

        public void Finish() => _finished.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            _stream.SetResult(stream);
            await _finished.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
