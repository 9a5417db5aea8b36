using System.Text;

namespace Deployment.Store.Files;

/// <summary>
/// The first line of a journal segment, <c>follows HEAD\n</c>: the head that its first frame follows. What the segments before
/// have after that head doesn't count: it is repeated here, or was written too late by an owner who had lost the lease.
/// </summary>
internal static class SegmentHeader
{
    private const string Word = "follows ";

    internal static int Length => Word.Length + JournalFrames.HashLength + 1;

    /// <summary>
    /// What the segment of a new owner begins with. It repeats the last frame before it, the only one that may not be durable where it is:
    /// its owner may have been stopped before the flush, or the flush failed, and then the system shows bytes that it will never write.
    /// </summary>
    internal static byte[] After(JournalFrame? last) =>
        [.. Encoding.ASCII.GetBytes($"{Word}{last?.Previous ?? JournalFrame.Start}\n"), .. last is null ? [] : last.Line.Span];

    /// <summary>The head; null when it is no intact header.</summary>
    internal static string? Read(ReadOnlySpan<byte> header)
    {
        if (header.Length != Length || header[^1] != '\n' || !header.StartsWith(Encoding.ASCII.GetBytes(Word)))
        {
            return null;
        }

        ReadOnlySpan<byte> head = header[Word.Length..^1];
        return Hexadecimal.Is(head) ? Encoding.ASCII.GetString(head) : null;
    }
}
