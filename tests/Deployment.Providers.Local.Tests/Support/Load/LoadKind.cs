using System.Net;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>A way in which clients speak to a router.</summary>
internal sealed record LoadKind
{
    /// <summary>All of them, together 64 connections.</summary>
    public static IReadOnlyList<LoadKind> All { get; } =
    [
        new() { Name = "HTTP/1.1", Connections = 24, Connect = RawLoadConnection.ConnectAsync },
        new() { Name = "HTTP/2", Connections = 8, Streams = 2, Connect = port => Opened(new Http2LoadConnection(Clear(port))) },
        new() { Name = "HTTP/2 over TLS", Connections = 8, Streams = 2, IsSecure = true, Connect = port => Opened(new Http2LoadConnection(Secure(port))) },
        new() { Name = "gRPC", Connections = 6, Streams = 2, Connect = port => Opened(new GrpcLoadConnection(Clear(port))), Next = MixedLoad.NextCall },
        new() { Name = "gRPC over TLS", Connections = 6, Streams = 2, IsSecure = true, Connect = port => Opened(new GrpcLoadConnection(Secure(port))), Next = MixedLoad.NextCall },
        new() { Name = "web socket", Connections = 8, Stays = true, RequestsOfConnection = 5, Connect = port => WebSocketLoadConnection.ConnectAsync(port, HttpVersion.Version11), Next = MixedLoad.NextMessage },
        new() { Name = "web socket over HTTP/2", Connections = 4, Stays = true, RequestsOfConnection = 5, Connect = port => WebSocketLoadConnection.ConnectAsync(port, HttpVersion.Version20), Next = MixedLoad.NextMessage },
    ];

    /// <summary>Those that find a port in clear text.</summary>
    public static IEnumerable<LoadKind> InClearText => All.Where(kind => !kind.IsSecure);

    public required string Name { get; init; }

    /// <summary>Its part of the mix.</summary>
    public required int Connections { get; init; }

    public int Streams { get; init; } = 1;

    /// <summary>Whether it speaks TLS.</summary>
    public bool IsSecure { get; init; }

    /// <summary>Whether what it sends on a connection is one request of the router's: a web socket, which stays with its revision.</summary>
    public bool Stays { get; init; }

    public int RequestsOfConnection { get; init; } = int.MaxValue;

    public required Func<int, Task<ILoadConnection>> Connect { get; init; }

    public Func<int, int, LoadRequest> Next { get; init; } = MixedLoad.Next;

    public LoadGenerator Against(int port, ServingTimes serving) => new(() => Connect(port), Next, serving)
    {
        Streams = Streams,
        RequestsOfConnection = RequestsOfConnection,
        Stays = Stays,
    };

    private static Uri Clear(int port) => new($"http://127.0.0.1:{port}");

    private static Uri Secure(int port) => new($"https://127.0.0.1:{port}");

    private static Task<ILoadConnection> Opened(ILoadConnection connection) => Task.FromResult(connection);
}
