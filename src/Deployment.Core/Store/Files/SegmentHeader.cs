using System.Text;

namespace Deployment.Store.Files;

/// <summary>
/// The first line of a journal segment, <c>follows HEAD\n</c>: the head that its owner goes on from. What the segments before
/// have after that head was written too late, by an owner who had lost the lease, and doesn't count.
/// </summary>
internal static class SegmentHeader
{
    private const string Word = "follows ";

    internal static int Length => Word.Length + JournalFrames.HashLength + 1;

    internal static byte[] Of(string head) => Encoding.ASCII.GetBytes($"{Word}{head}\n");

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
