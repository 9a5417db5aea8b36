namespace Deployment.Testing;

/// <summary>A file's content as programs see it, and as far as it is durable.</summary>
internal sealed class LosingFile
{
    private const int Sector = 512;
    private byte[] _durable = [];
    private byte[] _content = [];
    private bool _flushFailed;

    internal int Length { get; private set; }

    internal DateTimeOffset LastWrite { get; set; }

    internal ReadOnlySpan<byte> Content => _content.AsSpan(0, Length);

    internal void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        int end = offset + bytes.Length;
        if (end > _content.Length)
        {
            Array.Resize(ref _content, Math.Max(end, _content.Length * 2));
        }

        bytes.CopyTo(_content.AsSpan(offset));
        Length = Math.Max(Length, end);
    }

    internal void Flush()
    {
        // After a failed flush the system takes the pages for clean: a later one succeeds and writes nothing.
        if (!_flushFailed)
        {
            _durable = Content.ToArray();
        }
    }

    internal void FailFlush() => _flushFailed = true;

    /// <summary>Loses what was not flushed: all, the end, some sectors, or nothing.</summary>
    internal void LoseContent(Random random)
    {
        byte[] left = random.Next(4) switch
        {
            0 => _durable,
            1 => Torn(random),
            2 => WithHoles(random),
            _ => _flushFailed ? _durable : Content.ToArray(),
        };
        _durable = left;
        _content = left;
        Length = left.Length;
        _flushFailed = false;
    }

    private byte[] Torn(Random random)
    {
        int least = Content.CommonPrefixLength(_durable);
        return least < _durable.Length ? _durable : Content[..random.Next(least, Length + 1)].ToArray();
    }

    private byte[] WithHoles(Random random)
    {
        byte[] left = Content.ToArray();
        int changed = Content.CommonPrefixLength(_durable);
        for (int at = changed; at < left.Length; at = ((at / Sector) + 1) * Sector)
        {
            int end = Math.Min(left.Length, ((at / Sector) + 1) * Sector);
            if (random.Next(2) == 0)
            {
                Span<byte> lost = left.AsSpan(at, end - at);
                lost.Clear();
                _durable.AsSpan(Math.Min(at, _durable.Length), Math.Max(0, Math.Min(end, _durable.Length) - at)).CopyTo(lost);
            }
        }

        return left;
    }
}
