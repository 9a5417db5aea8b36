namespace Deployment.Store.Files;

/// <summary>Reads the lines of a part of a file, some at a time.</summary>
internal sealed class SegmentLines(IOpenFile file, long from, long to)
{
    private const int Chunk = 256 * 1024;
    private ReadOnlyMemory<byte> _rest;
    private long _position = from;

    /// <summary>The next lines; null at the end.</summary>
    internal List<SegmentLine>? Next()
    {
        List<SegmentLine> lines = [];
        while (lines.Count == 0)
        {
            // At least doubled, or a very long line would be copied over and over.
            int size = (int)Math.Min(Math.Max(Chunk, _rest.Length), Math.Min(to - _position, Array.MaxLength - _rest.Length));
            byte[] bytes = new byte[_rest.Length + size];
            _rest.CopyTo(bytes);
            int read = StoreFiles.Read(file, _position, bytes.AsSpan(_rest.Length));
            if (read == 0)
            {
                return TakeUnfinished();
            }

            Split(lines, bytes.AsMemory(0, _rest.Length + read), read);
        }

        return lines;
    }

    private void Split(List<SegmentLine> lines, ReadOnlyMemory<byte> bytes, int read)
    {
        long offset = _position - _rest.Length;
        _position += read;

        int start = 0;
        int searched = _rest.Length;
        while (bytes.Span[searched..].IndexOf((byte)'\n') is >= 0 and int found)
        {
            int end = searched + found + 1;
            lines.Add(new SegmentLine(offset + start, bytes[start..end]));
            start = end;
            searched = end;
        }

        _rest = bytes[start..];
    }

    private List<SegmentLine>? TakeUnfinished()
    {
        if (_rest.IsEmpty)
        {
            return null;
        }

        SegmentLine line = new(_position - _rest.Length, _rest);
        _rest = default;
        return [line];
    }
}
