namespace Deployment.Store.Files;

/// <summary>Tells a torn end from damage.</summary>
internal static class TornTail
{
    /// <summary>The longest frame that is appended, in bytes. A torn end is searched in memory.</summary>
    internal const int LongestFrame = 256 * 1024 * 1024;

    /// <summary>
    /// Where an intact frame begins, at any offset: damage may have taken the line feed before it. -1 when there is none.
    /// </summary>
    internal static int IndexOfIntactFrame(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> span = bytes.Span;
        int at = 0;
        while (at < span.Length && span[at..].IndexOf((byte)' ') is >= 0 and int found)
        {
            int space = at + found;
            at = space + 1;
            int start = space - JournalFrames.HashLength;
            if (start < 0 || !LooksLikeFrame(span[start..]))
            {
                continue;
            }

            int end = span[start..].IndexOf((byte)'\n');
            if (end >= 0 && JournalFrames.Read(bytes.Slice(start, end + 1)) is not null)
            {
                return start;
            }
        }

        return -1;
    }

    private static bool LooksLikeFrame(ReadOnlySpan<byte> bytes)
    {
        const int Second = JournalFrames.HashLength + 1;
        const int SecondEnd = Second + JournalFrames.HashLength;
        return bytes.Length > SecondEnd
            && bytes[SecondEnd] == ' '
            && Hexadecimal.Is(bytes[..JournalFrames.HashLength])
            && Hexadecimal.Is(bytes[Second..SecondEnd]);
    }
}
