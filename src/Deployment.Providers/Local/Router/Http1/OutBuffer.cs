using System.Buffers;
using System.Globalization;
using System.Text;

namespace Deployment.Providers.Local.Router.Http1;

/// <summary>Bytes that grow at the end, kept from one request to the next.</summary>
internal sealed class OutBuffer : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(2048);
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Clear() => _length = 0;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    public OutBuffer Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
        return this;
    }

    /// <summary>Adds one byte for each character: what came in as Latin-1 goes out as the same bytes.</summary>
    public OutBuffer Add(string text)
    {
        _length += Encoding.Latin1.GetBytes(text, Room(text.Length));
        return this;
    }

    public OutBuffer Add(long number, string? format = null)
    {
        number.TryFormat(Room(20), out int written, format, CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _length < count)
        {
            byte[] bigger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + count));
            Written.Span.CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = bigger;
        }

        return _bytes.AsSpan(_length);
    }
}
