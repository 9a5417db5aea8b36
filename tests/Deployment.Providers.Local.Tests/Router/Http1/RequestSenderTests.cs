using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Deployment.Providers.Local.Router;
using Deployment.Providers.Local.Router.Http1;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Tests.Router.Http1;

[Category("Local")]
public sealed class RequestSenderTests
{
    // The timer that asks for the body all the same may run as the exchange ends; what is read then may be the next request's.
    [Test]
    public async Task Begin_AfterTheEnd_ReadsNothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint);
        using var connection = new InstanceConnection(socket, TimeProvider.System);
        var context = new DefaultHttpContext { Request = { Method = "POST", Host = new HostString("a"), ContentLength = 4, Body = new MemoryStream("body"u8.ToArray()) } };
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/";
        var shape = new RequestShape
        {
            Target = "/",
            Method = "POST",
            HasBody = true,
            Length = 4,
            Expects = true,
            WebSocket = WebSocketKind.None,
            Headers = new ForwardedHeaders(context, new TrustedProxies([])),
        };
        var sender = new RequestSender(context, shape, connection, Timeout.InfiniteTimeSpan);

        await sender.EndAsync();
        sender.Begin();

        sender.Sent.Should().BeFalse();
        ReadResult left = await context.Request.BodyReader.ReadAsync();
        Encoding.ASCII.GetString(left.Buffer).Should().Be("body");
    }
}
