using System.Buffers.Text;
using System.Text;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>The head of an instance's answer, and how its body ends (RFC 9112, 6.3).</summary>
internal ref struct AnswerHead
{
    private readonly ReadOnlySpan<byte> _lines;
    private bool _close;
    private bool _keepAlive;

    private AnswerHead(ReadOnlySpan<byte> head)
    {
        int end = head.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = Trim(head[..end]);
        _lines = head[(end + 1)..];
        if (first.Length < 12 || !first.StartsWith("HTTP/1."u8) || first[7] is not ((byte)'0' or (byte)'1') || first[8] != ' '
            || !Utf8Parser.TryParse(first.Slice(9, 3), out int status, out int digits) || digits != 3 || status < 100 || (first.Length > 12 && first[12] != ' '))
        {
            throw new BrokenAnswerException("The answer does not begin as one of HTTP/1.");
        }

        Status = status;
        IsHttp10 = first[7] == '0';
        Reason = first.Length > 13 ? first[13..] : default;
        ReadFraming();
    }

    public int Status { get; }

    public ReadOnlySpan<byte> Reason { get; }

    public bool IsHttp10 { get; }

    public long? ContentLength { get; private set; }

    public bool Chunked { get; private set; }

    /// <summary>What Connection names; null when it names nothing but how to go on.</summary>
    public string? Named { get; private set; }

    /// <summary>Whether the instance wants to keep the connection.</summary>
    public readonly bool Keeps => !_close && (!IsHttp10 || _keepAlive);

    public readonly Lines Headers => new(_lines);

    /// <summary>Finds a whole head at the beginning of what was read.</summary>
    public static bool TryRead(ReadOnlySpan<byte> unread, out AnswerHead head, out int length)
    {
        int at = 0;
        while (unread[at..].IndexOf((byte)'\n') is var end and >= 0)
        {
            bool empty = Trim(unread.Slice(at, end)).IsEmpty;
            if (empty && at > 0)
            {
                length = at + end + 1;
                head = new AnswerHead(unread[..at]);
                return true;
            }

            at += end + 1;
        }

        head = default;
        length = 0;
        return false;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line) => line.EndsWith("\r"u8) ? line[..^1] : line;

    private void ReadFraming()
    {
        foreach (Line line in Headers)
        {
            if (Is(line.Name, "content-length"u8))
            {
                if (!Utf8Parser.TryParse(line.Value, out long length, out int digits) || digits != line.Value.Length || length < 0 || line.Value[0] == '+'
                    || (ContentLength is { } other && other != length))
                {
                    throw new BrokenAnswerException("The answer's Content-Length is no number, or there are several.");
                }

                ContentLength = length;
            }
            else if (Is(line.Name, "transfer-encoding"u8))
            {
                if (Chunked || IsHttp10 || !Is(line.Value, "chunked"u8))
                {
                    throw new BrokenAnswerException("The answer has a transfer coding other than chunked.");
                }

                Chunked = true;
            }
            else if (Is(line.Name, "connection"u8))
            {
                ReadConnection(Encoding.Latin1.GetString(line.Value));
            }
        }

        if (Chunked && ContentLength is not null)
        {
            // The coding counts; who says both may have been fooled, and what comes after is not to be trusted.
            ContentLength = null;
            _close = true;
        }
    }

    private void ReadConnection(string value)
    {
        foreach (string option in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (option.Equals("close", StringComparison.OrdinalIgnoreCase))
            {
                _close = true;
            }
            else if (option.Equals("keep-alive", StringComparison.OrdinalIgnoreCase))
            {
                _keepAlive = true;
            }
            else
            {
                Named = Named is null ? option : Named + "," + option;
            }
        }
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(text, lower);

    /// <summary>A header line.</summary>
    public readonly ref struct Line(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        public ReadOnlySpan<byte> Name { get; } = name;

        public ReadOnlySpan<byte> Value { get; } = value;
    }

    /// <summary>The header lines, one after the other.</summary>
    public ref struct Lines(ReadOnlySpan<byte> left)
    {
        private ReadOnlySpan<byte> _left = left;
        private ReadOnlySpan<byte> _name;
        private ReadOnlySpan<byte> _value;

        public readonly Line Current => new(_name, _value);

        public readonly Lines GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_left.IsEmpty)
            {
                return false;
            }

            int end = _left.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = Trim(_left[..end]);
            _left = _left[(end + 1)..];
            int colon = line.IndexOf((byte)':');
            // A folded line begins with a space, and a name has none before its colon.
            if (colon < 1 || line[..colon].ContainsAny((byte)' ', (byte)'\t') || line.Contains((byte)'\r'))
            {
                throw new BrokenAnswerException("A header line of the answer can't be read.");
            }

            _name = line[..colon];
            _value = line[(colon + 1)..].Trim(" \t"u8);
            return true;
        }
    }
}
