using System.Net;
using System.Net.WebSockets;
using System.Text;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.Router;

public sealed class WebSocketTests : RouterFixture
{
    [TestCase("1.1")]
    [TestCase("2.0")]
    [CancelAfter(30_000)]
    public async Task WebSocket_BothWays_MessagesPassAndItIsInFlight(string version, CancellationToken cancellationToken)
    {
        await StartAsync((await EchoAsync()).Port);
        using ClientWebSocket socket = await OpenAsync(Version.Parse(version), cancellationToken);

        foreach (int size in new[] { 1, 125, 70_000, 1_000_000 })
        {
            string message = new('m', size);
            await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, cancellationToken);
            (await ReceiveAsync(socket, cancellationToken)).Should().Be(message);
        }

        (await MetricsAsync()).InFlight.Should().Be(1);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", cancellationToken);
        socket.CloseStatus.Should().Be(WebSocketCloseStatus.NormalClosure);
        await Until.TrueAsync(async () => await MetricsAsync() is { InFlight: 0, Requests: 1, Errors: 0 }, "it ended and is no error");
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Subprotocol_ChosenByTheApplication_ReachesTheClient(CancellationToken cancellationToken)
    {
        await StartAsync((await EchoAsync("chat")).Port);
        using ClientWebSocket socket = await OpenAsync(HttpVersion.Version11, cancellationToken, "other", "chat");

        socket.SubProtocol.Should().Be("chat");
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task RevisionDrained_GraceOver_IsCutAndCounted(CancellationToken cancellationToken)
    {
        WebUpstream app = await EchoAsync();
        var quick = new UpstreamSettings { WebSocketGraceSeconds = 0.3 };
        await StartAsync(app.Port, upstream: quick);
        using ClientWebSocket one = await OpenAsync(HttpVersion.Version11, cancellationToken);
        using ClientWebSocket two = await OpenAsync(HttpVersion.Version11, cancellationToken);

        await SwitchAsync(Table(2, app.Port, upstream: quick, revision: Second));

        await FluentActions.Awaiting(() => ReceiveAsync(one, cancellationToken)).Should().ThrowAsync<WebSocketException>();
        await FluentActions.Awaiting(() => ReceiveAsync(two, cancellationToken)).Should().ThrowAsync<WebSocketException>();
        await Until.TrueAsync(async () => await MetricsAsync() is { InFlight: 0, WebSocketsCut: 2, Errors: 0 }, "both were cut");
        (await File.ReadAllTextAsync(Folder.RouterLog(Port), cancellationToken)).Should().Contain("Cut 2 web sockets of " + First);
    }

    // The control: nothing else than the end of its share ends a web socket.
    [Test]
    [CancelAfter(30_000)]
    public async Task RevisionKeepsItsShare_OrGetsItBack_NothingIsCut(CancellationToken cancellationToken)
    {
        WebUpstream app = await EchoAsync();
        var grace = new UpstreamSettings { WebSocketGraceSeconds = 1 };
        await StartAsync(app.Port, upstream: grace);
        using ClientWebSocket socket = await OpenAsync(HttpVersion.Version11, cancellationToken);
        await SwitchAsync(Table(2, app.Port, upstream: grace, revision: Second));
        await SwitchAsync(Table(3, app.Port, upstream: grace));
        using ClientWebSocket drained = await OpenAsync(HttpVersion.Version11, cancellationToken);
        await SwitchAsync(Table(4, app.Port, upstream: grace with { WebSocketGraceSeconds = 60 }, revision: Second));
        await SwitchAsync(Table(5, app.Port, upstream: grace));

        // A web socket of another revision whose grace begins later and ends: by then the first one's would have been over as well.
        await SwitchAsync(Table(6, app.Port, upstream: grace) with
        {
            Revisions = Table(6, app.Port, upstream: grace).Revisions.SetItem(First, new RouteEntry(50, [app.Port])).Add(Second, new RouteEntry(50, [app.Port])),
        });
        using ClientWebSocket odd = await OpenAsync(HttpVersion.Version11, cancellationToken);
        using ClientWebSocket even = await OpenAsync(HttpVersion.Version11, cancellationToken);
        await SwitchAsync(Table(7, app.Port, upstream: grace));
        await Until.TrueAsync(async () => (await MetricsAsync(Second)).WebSocketsCut == 1, "one of the two was the second revision's");

        foreach (ClientWebSocket kept in new[] { socket, drained })
        {
            await kept.SendAsync("still"u8.ToArray(), WebSocketMessageType.Text, true, cancellationToken);
            (await ReceiveAsync(kept, cancellationToken)).Should().Be("still");
        }

        (await MetricsAsync()).WebSocketsCut.Should().Be(0);
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Http2ClientWithAKeyOfItsOwn_IsNoFailureOfTheRevision(CancellationToken cancellationToken)
    {
        await StartAsync((await EchoAsync()).Port);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.SetRequestHeader("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());

        await socket.ConnectAsync(At("/ws", "ws"), invoker, cancellationToken);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, cancellationToken);

        (await ReceiveAsync(socket, cancellationToken)).Should().Be("hello");
        (await MetricsAsync()).Errors.Should().Be(0);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task OpenedWhileAnothersGraceRuns_HasAGraceOfItsOwn(CancellationToken cancellationToken)
    {
        WebUpstream app = await EchoAsync();
        var grace = new UpstreamSettings { WebSocketGraceSeconds = 4 };
        RouteTable drained = Table(2, app.Port, upstream: grace, revision: Second) with
        {
            Rules = new SiteRules { TesterHeader = "Revision" },
            Live = [new LiveRevision(Second, [app.Port]), new LiveRevision(First, [app.Port])],
        };
        await StartAsync(app.Port, upstream: grace);
        using ClientWebSocket before = await OpenAsync(HttpVersion.Version11, cancellationToken);
        await SwitchAsync(drained);
        long switched = TimeProvider.System.GetTimestamp();
        // Time has to pass for this one: the grace of the first is to be half over.
        await Until.TrueAsync(() => Task.FromResult(TimeProvider.System.GetElapsedTime(switched) > TimeSpan.FromSeconds(2)), "half of it is over");
        using var tester = new ClientWebSocket();
        tester.Options.SetRequestHeader("Revision", First);
        await tester.ConnectAsync(At("/ws", "ws"), cancellationToken);

        await FluentActions.Awaiting(() => ReceiveAsync(before, cancellationToken)).Should().ThrowAsync<WebSocketException>();
        await Until.TrueAsync(async () => (await MetricsAsync()).WebSocketsCut == 1, "the one whose grace is over was cut");
        await tester.SendAsync("still"u8.ToArray(), WebSocketMessageType.Text, true, cancellationToken);
        (await ReceiveAsync(tester, cancellationToken)).Should().Be("still");
        await FluentActions.Awaiting(() => ReceiveAsync(tester, cancellationToken)).Should().ThrowAsync<WebSocketException>();
        await Until.TrueAsync(async () => (await MetricsAsync()).WebSocketsCut == 2, "its own grace ends, too");
    }

    [Test]
    public async Task UpgradeToAnythingElse_IsAnOrdinaryRequest()
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(context => context.Response.WriteAsync($"{context.Request.Headers.Upgrade}|{context.Request.Headers.Connection}|{context.Request.Headers["HTTP2-Settings"]}")));
        await StartAsync(app.Port);
        using RawClient client = await ConnectAsync();

        RawAnswer answer = await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");

        (answer.Status, answer.Body).Should().Be((200, "||"));
    }

    [Test]
    public async Task ApplicationRefusesTheHandshake_ClientGetsItsAnswer()
    {
        WebUpstream app = Own(await WebUpstream.StartAsync(context =>
        {
            context.Response.StatusCode = 401;
            return context.Response.WriteAsync("who?");
        }));
        await StartAsync(app.Port);
        using RawClient client = await ConnectAsync();

        RawAnswer answer = await client.SendAsync(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

        (answer.Status, answer.Body).Should().Be((401, "who?"));
    }

    private async Task<WebUpstream> EchoAsync(string? protocol = null) => Own(await WebUpstream.StartAsync(async context =>
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = 400;
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(protocol);
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }
    }));

    private async Task<ClientWebSocket> OpenAsync(Version version, CancellationToken cancellationToken, params string[] protocols)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = version;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        foreach (string protocol in protocols)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler(), disposeHandler: false);
        await socket.ConnectAsync(At("/ws", "ws"), invoker, cancellationToken);
        return socket;
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            if (received.EndOfMessage)
            {
                return text.ToString();
            }
        }
    }
}
