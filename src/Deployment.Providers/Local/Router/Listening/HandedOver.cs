using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Deployment.Providers.Local.Router.Listening;

/// <summary>An endpoint that gets its connections from another one that has accepted them: Kestrel speaks one protocol an endpoint in clear text.</summary>
internal sealed class HandedOver : EndPoint, IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint => this;

    public bool CanBind(EndPoint endpoint) => ReferenceEquals(endpoint, this);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out ConnectionContext? next) ? next : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    public override string ToString() => "handed-over";

    /// <summary>Hands a connection over, and returns when it has ended.</summary>
    public async Task TakeAsync(ConnectionContext connection)
    {
        var taken = new Taken(connection);
        if (_accepted.Writer.TryWrite(taken))
        {
            await taken.Ended;
        }
    }

    /// <summary>The connection as the other endpoint sees it: its end there is no end of the socket yet, which belongs to who accepted it.</summary>
    private sealed class Taken(ConnectionContext accepted) : ConnectionContext
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public override string ConnectionId { get; set; } = accepted.ConnectionId;

        public override IFeatureCollection Features => accepted.Features;

        public override IDictionary<object, object?> Items { get; set; } = accepted.Items;

        public override IDuplexPipe Transport { get; set; } = accepted.Transport;

        public override EndPoint? LocalEndPoint { get; set; } = accepted.LocalEndPoint;

        public override EndPoint? RemoteEndPoint { get; set; } = accepted.RemoteEndPoint;

        public override CancellationToken ConnectionClosed { get; set; } = accepted.ConnectionClosed;

        public override void Abort(ConnectionAbortedException abortReason) => accepted.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            _ended.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
