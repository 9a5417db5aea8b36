using System.Globalization;
using System.Text;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>Reads the body of an instance's answer and hands each piece on at once.</summary>
internal readonly struct AnswerBody(InstanceConnection connection, AnswerSink sink, CancellationToken clientLeft)
{
    private const int LongestLine = 16 * 1024;
    private const int Long = 64 * 1024;

    /// <exception cref="BrokenAnswerException">It ended too early.</exception>
    public async ValueTask CopyAsync(long length)
    {
        while (length > 0)
        {
            if (connection.Unread.IsEmpty)
            {
                if (length >= Long)
                {
                    connection.Widen();
                }

                await MoreAsync();
            }

            int piece = (int)Math.Min(length, connection.Unread.Length);
            sink.Write(connection.Unread.Span[..piece]);
            connection.Consume(piece);
            length -= piece;
        }
    }

    public async ValueTask CopyToEndAsync()
    {
        while (true)
        {
            if (!connection.Unread.IsEmpty)
            {
                sink.Write(connection.Unread.Span);
                connection.Consume(connection.Unread.Length);
            }

            await sink.FlushAsync(clientLeft);
            if (!await connection.FillAsync())
            {
                return;
            }
        }
    }

    /// <exception cref="BrokenAnswerException">It ended too early, or its framing can't be read.</exception>
    public async ValueTask CopyChunksAsync()
    {
        while (true)
        {
            int line = await LineAsync();
            long size = SizeOf(connection.Unread.Span[..line]);
            TakeLine();
            if (size == 0)
            {
                sink.LastChunk();
                await CopyTrailersAsync();
                sink.End();
                return;
            }

            await CopyAsync(size);
            if (await LineAsync() is not (0 or 1) || !IsEmptyLine())
            {
                throw new BrokenAnswerException("A chunk of the answer is longer than it says.");
            }

            TakeLine();
        }
    }

    private static long SizeOf(ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny((byte)';', (byte)'\r', (byte)' ');
        ReadOnlySpan<byte> digits = end < 0 ? line : line[..end];
        return digits.Length is > 0 and <= 15 && long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long size)
            ? size
            : throw new BrokenAnswerException("The size of a chunk can't be read.");
    }

    private async ValueTask CopyTrailersAsync()
    {
        int total = 0;
        while (true)
        {
            int length = await LineAsync();
            if (IsEmptyLine())
            {
                TakeLine();
                return;
            }

            total += length;
            if (total > LongestLine)
            {
                throw new BrokenAnswerException("The answer's trailers are too long.");
            }

            AddTrailer(connection.Unread.Span[..length].TrimEnd((byte)'\r'));
            TakeLine();
        }
    }

    private void AddTrailer(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        if (colon < 1 || line[..colon].ContainsAny((byte)' ', (byte)'\t') || line.Contains((byte)'\r'))
        {
            throw new BrokenAnswerException("A trailer of the answer can't be read.");
        }

        string name = HeaderNamesKnown.Of(line[..colon]);
        if (ForwardedHeaders.PassesBehind(name))
        {
            sink.Trailer(name, Encoding.Latin1.GetString(line[(colon + 1)..].Trim(" \t"u8)));
        }
    }

    // The length of the line that stands unread, without its LF.
    private async ValueTask<int> LineAsync()
    {
        int end;
        while ((end = connection.Unread.Span.IndexOf((byte)'\n')) < 0)
        {
            if (connection.Unread.Length > LongestLine)
            {
                throw new BrokenAnswerException("A line of the answer is too long.");
            }

            await MoreAsync();
        }

        return end;
    }

    private bool IsEmptyLine() => connection.Unread.Span is [(byte)'\n', ..] or [(byte)'\r', (byte)'\n', ..];

    private void TakeLine() => connection.Consume(connection.Unread.Span.IndexOf((byte)'\n') + 1);

    // Whatever was read goes to the client before anything is waited for.
    private async ValueTask MoreAsync()
    {
        await sink.FlushAsync(clientLeft);
        if (!await connection.FillAsync())
        {
            throw new BrokenAnswerException("The answer ended too early.");
        }
    }
}
