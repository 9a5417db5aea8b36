using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>Hands the client's body on as it arrives, and its trailers.</summary>
internal sealed class RequestSender(HttpContext context, RequestShape shape, InstanceConnection connection, TimeSpan answerLimit)
{
    private const int Piece = 64 * 1024;
    private readonly Lock _beginning = new();
    private bool _decided;
    private volatile bool _answered;
    private Task _sending = Task.CompletedTask;

    /// <summary>What failed on the client's side.</summary>
    public Exception? ClientFailure { get; private set; }

    /// <summary>Whether the whole request was sent.</summary>
    public bool Sent { get; private set; }

    /// <summary>The answer has begun: no time is limited any more.</summary>
    public void Answered()
    {
        _answered = true;
        connection.LimitTo(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins with the body, once.</summary>
    public void Begin()
    {
        lock (_beginning)
        {
            if (!_decided)
            {
                _decided = true;
                _sending = SendAsync();
            }
        }
    }

    /// <summary>From now on the body can't be begun with any more; false when it was.</summary>
    public bool Forgo()
    {
        lock (_beginning)
        {
            bool open = !_decided;
            _decided = true;
            return open;
        }
    }

    /// <summary>Sends the head, and as much of the body as is there already along with it.</summary>
    public async ValueTask SendHeadAsync()
    {
        if (!shape.HasBody)
        {
            await connection.SendAsync(connection.Out.Written);
            Done();
            return;
        }

        if (shape.Expects)
        {
            await connection.SendAsync(connection.Out.Written);
            connection.Out.Clear();
            return;
        }

        Begin();
    }

    /// <summary>Waits until nothing is sent any more, also when the instance answered before it had seen everything.</summary>
    public async ValueTask EndAsync()
    {
        Task sending;
        lock (_beginning)
        {
            // A timer may still want to begin: by then the body may be the next request's.
            _decided = true;
            sending = _sending;
        }

        if (!sending.IsCompleted)
        {
            connection.Abort();
            context.Request.BodyReader.CancelPendingRead();
            await sending;
        }
    }

    // Never fails: the answer's reader sees that the connection has ended, and looks here why.
    private async Task SendAsync()
    {
        try
        {
            await SendBodyAsync(context.Request.BodyReader);
        }
        catch (Exception error) when (error is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The instance has closed; it may have answered before that.
        }
    }

    private async Task SendBodyAsync(PipeReader reader)
    {
        OutBuffer pending = connection.Out;
        while (true)
        {
            if (await ReadAsync(reader) is not { } read)
            {
                return;
            }

            ReadOnlySequence<byte> body = read.Buffer;
            SequencePosition end = body.End;
            if (body.Length > Piece)
            {
                body = body.Slice(0, Piece);
                end = body.End;
            }

            bool last = read.IsCompleted && read.Buffer.Length == body.Length;
            Frame(body, pending);
            reader.AdvanceTo(end);
            if (last)
            {
                End(pending);
            }

            // An instance that reads no more is as late as one that doesn't answer; waiting for the client is not limited.
            Limit(answerLimit);
            await connection.SendAsync(pending.Written);
            Limit(Timeout.InfiniteTimeSpan);
            pending.Clear();
            if (last)
            {
                Done();
                return;
            }

            if (read.IsCanceled)
            {
                return;
            }
        }
    }

    private void Frame(ReadOnlySequence<byte> body, OutBuffer into)
    {
        if (body.IsEmpty)
        {
            return;
        }

        if (shape.Length is null)
        {
            into.Add(body.Length, "x").Add("\r\n"u8);
        }

        foreach (ReadOnlyMemory<byte> part in body)
        {
            into.Add(part.Span);
        }

        if (shape.Length is null)
        {
            into.Add("\r\n"u8);
        }
    }

    private void End(OutBuffer into)
    {
        if (shape.Length is not null)
        {
            return;
        }

        into.Add("0\r\n"u8);
        if (context.Features.Get<IHttpRequestTrailersFeature>() is { Available: true } trailers)
        {
            foreach ((string name, StringValues values) in trailers.Trailers)
            {
                for (int i = 0; i < values.Count; i++)
                {
                    if (ForwardedHeaders.PassesBehind(name) && RequestRules.IsLine(values[i]))
                    {
                        into.Add(name).Add(": "u8).Add(values[i] ?? "").Add("\r\n"u8);
                    }
                }
            }
        }

        into.Add("\r\n"u8);
    }

    private async ValueTask<ReadResult?> ReadAsync(PipeReader reader)
    {
        try
        {
            return await reader.ReadAsync();
        }
        catch (Exception error) when (error is IOException or BadHttpRequestException or OperationCanceledException or InvalidOperationException)
        {
            ClientFailure = error;
            connection.Abort();
            return null;
        }
    }

    private void Done()
    {
        Sent = true;
        Limit(answerLimit);
    }

    private void Limit(TimeSpan time)
    {
        connection.LimitTo(time);
        if (_answered)
        {
            // The answer began before its request had ended, and may take its time.
            connection.LimitTo(Timeout.InfiniteTimeSpan);
        }
    }
}
