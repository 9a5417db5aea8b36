using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Deployment.Providers.Local.Router.Listening;

/// <summary>Tells by its first bytes whether a clear-text connection speaks HTTP/2 (RFC 9113, 3.3 and 3.4), and hands it over then.</summary>
internal sealed class PriorKnowledge(HandedOver http2, ListenerLimits limits, TimeProvider timeProvider)
{
    public ConnectionDelegate Before(ConnectionDelegate http1) => async connection =>
    {
        bool? speaksHttp2;
        using (var patience = new CancellationTokenSource(limits.KeepAliveTimeout, timeProvider))
        {
            speaksHttp2 = await LookAsync(connection.Transport.Input, patience.Token);
        }

        await (speaksHttp2 switch
        {
            true => http2.TakeAsync(connection),
            false => http1(connection),
            null => Task.CompletedTask,
        });
    };

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Null when the client said nothing that tells, and left or was silent for too long.</summary>
    private static async Task<bool?> LookAsync(PipeReader input, CancellationToken patience)
    {
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(patience);
                bool? decided = Decide(read.Buffer);
                // What is undecided counts as seen, so that the next read waits for more; what is decided is there for whoever goes on.
                input.AdvanceTo(read.Buffer.Start, decided is null ? read.Buffer.End : read.Buffer.Start);
                if (decided is not null || read.IsCompleted)
                {
                    return decided;
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ConnectionResetException or ConnectionAbortedException)
        {
            return null;
        }
    }

    private static bool? Decide(ReadOnlySequence<byte> seen)
    {
        Span<byte> begin = stackalloc byte[24];
        begin = begin[..(int)Math.Min(seen.Length, Preface.Length)];
        seen.Slice(0, begin.Length).CopyTo(begin);
        return !Preface.StartsWith(begin) ? false : begin.Length == Preface.Length ? true : null;
    }
}
