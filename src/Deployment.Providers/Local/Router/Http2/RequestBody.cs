using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router.Http2;

/// <summary>
/// The client's body as content of the forwarded request, handed on as it arrives. Who sends it goes on after the answer has come and may not
/// end by itself, so it is <see cref="EndAsync">ended</see> with the request: what came then would be of the connection's next one.
/// </summary>
internal sealed class RequestBody(HttpContext context, long? length, AnswerLimit limit) : HttpContent
{
    private readonly PipeReader _reader = context.Request.BodyReader;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _guard = new();
    private Task _copying = Task.CompletedTask;
    private bool _begun;
    private bool _reading;
    private bool _ended;
    // A read was told to end and may have ended by itself in that moment: then the next one, Kestrel's, would get that.
    private bool _told;

    /// <summary>What failed while reading from the client, which is not the instance's fault.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Ends the sending, and waits until the client's body is no longer touched.</summary>
    public async ValueTask EndAsync()
    {
        if (!_copying.IsCompleted)
        {
            Stop();
            await _stop.CancelAsync();
        }

        try
        {
            await _copying;
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException or InvalidOperationException or BadHttpRequestException)
        {
            // Whoever sent the request was told of it, or has its answer.
        }

        if (_told && _reader.TryRead(out ReadResult left))
        {
            _reader.AdvanceTo(left.Buffer.Start);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? transport, CancellationToken cancellationToken) =>
        _copying = SendAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task SendAsync(Stream stream, CancellationToken cancellationToken)
    {
        limit.WaitsForClient();
        if (length != 0)
        {
            if (_begun)
            {
                // The instance has put the request back, and the handler sends it again. What was read of the body is gone, and the instance
                // would take the rest for the whole.
                throw new IOException("The instance put the request back after its body had begun.");
            }

            _begun = true;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
            await using (either.Token.UnsafeRegister(static body => ((RequestBody)body!).Stop(), this))
            {
                await CopyAsync(stream, either.Token);
            }
        }

        limit.WaitsForInstance();
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        bool last;
        do
        {
            ReadResult read = await ReadAsync();
            last = read.IsCompleted;
            try
            {
                if (read.IsCanceled)
                {
                    _told = false;
                    throw new OperationCanceledException(cancellationToken);
                }

                // An instance that takes no more is as late as one that doesn't answer.
                limit.WaitsForInstance();
                foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                {
                    await stream.WriteAsync(piece, cancellationToken);
                }

                await stream.FlushAsync(cancellationToken);
                limit.WaitsForClient();
            }
            finally
            {
                _reader.AdvanceTo(read.Buffer.End);
            }
        }
        while (!last);
    }

    private async ValueTask<ReadResult> ReadAsync()
    {
        lock (_guard)
        {
            if (_ended)
            {
                throw new OperationCanceledException();
            }

            _reading = true;
        }

        try
        {
            return await _reader.ReadAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or BadHttpRequestException)
        {
            Failure = error;
            throw;
        }
        finally
        {
            lock (_guard)
            {
                _reading = false;
            }
        }
    }

    // Not by a token: Kestrel takes a read that was cancelled so for one that goes on.
    private void Stop()
    {
        lock (_guard)
        {
            _ended = true;
            if (_reading)
            {
                _told = true;
                _reader.CancelPendingRead();
            }
        }
    }
}
