using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>
/// Where the answer's body goes. In HTTP/1.1 a chunked one is framed here and not by Kestrel, which has no trailers there.
/// </summary>
internal sealed class AnswerSink(HttpContext context, bool framed)
{
    private readonly PipeWriter _writer = context.Response.BodyWriter;
    private readonly BodyHash? _hash = BodyHash.Of(context);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _hash?.Append(bytes);
        if (!framed)
        {
            _writer.Write(bytes);
            return;
        }

        Span<byte> size = stackalloc byte[20];
        bytes.Length.TryFormat(size, out int digits, "x", System.Globalization.CultureInfo.InvariantCulture);
        _writer.Write(size[..digits]);
        _writer.Write("\r\n"u8);
        _writer.Write(bytes);
        _writer.Write("\r\n"u8);
    }

    /// <summary>Hands over what was written, and the head when it has not gone yet.</summary>
    /// <exception cref="ClientGoneException">Nobody takes it. Kestrel tells so here first, and cancels the request later, when a thread is free.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        FlushResult flushed;
        try
        {
            flushed = await _writer.FlushAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            throw new ClientGoneException(error);
        }

        if (flushed.IsCanceled || flushed.IsCompleted)
        {
            throw new ClientGoneException();
        }
    }

    public void Trailer(string name, string value)
    {
        if (framed)
        {
            _writer.Write(System.Text.Encoding.Latin1.GetBytes($"{name}: {value}\r\n"));
        }
        else if (context.Response.SupportsTrailers())
        {
            context.Response.AppendTrailer(name, value);
        }
    }

    /// <summary>Before the trailers.</summary>
    public void LastChunk()
    {
        if (framed)
        {
            _writer.Write("0\r\n"u8);
        }
    }

    /// <summary>After the trailers.</summary>
    public void End()
    {
        if (framed)
        {
            _writer.Write("\r\n"u8);
        }
    }
}
