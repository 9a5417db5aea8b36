namespace Deployment.Store.Files;

/// <summary>Reads the frames of a part of a segment, some at a time, and checks each.</summary>
internal sealed class SegmentFrames(string runId, SegmentPart part, IOpenFile file)
{
    private readonly SegmentLines _lines = new(file, SegmentHeader.Length, part.End);
    private bool _ended;

    /// <summary>The head of what was read.</summary>
    internal string Head { get; private set; } = part.Follows;

    /// <summary>The next frames; null at the end.</summary>
    /// <exception cref="JournalDamagedException">One is not intact, and it isn't the torn end.</exception>
    internal List<JournalFrame>? Next()
    {
        if (_ended || _lines.Next() is not { } lines)
        {
            return null;
        }

        List<JournalFrame> frames = new(lines.Count);
        foreach (SegmentLine line in lines)
        {
            JournalFrame? frame = JournalFrames.Read(line.Bytes);
            if (frame is null)
            {
                CheckTorn(line.Offset);
                _ended = true;
                break;
            }

            if (frame.Previous != Head)
            {
                throw Damaged(line.Offset, "the frame doesn't follow the one before");
            }

            Head = frame.Head;
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>The offset up to which every frame is intact and follows the one before.</summary>
    internal long IntactUpTo()
    {
        while (_lines.Next() is { } lines)
        {
            foreach (SegmentLine line in lines)
            {
                if (JournalFrames.Read(line.Bytes) is not { } frame || frame.Previous != Head)
                {
                    return line.Offset;
                }

                Head = frame.Head;
            }
        }

        return part.End;
    }

    // Each frame was flushed before the next was written, so only the last one can be torn: an intact frame behind means damage.
    private void CheckTorn(long offset)
    {
        if (!part.MayBeTorn)
        {
            throw Damaged(offset, "the frame is not intact, and a later segment goes on behind it");
        }

        if (part.End - offset > TornTail.LongestFrame)
        {
            throw Damaged(offset, "what follows is not intact, and longer than any frame");
        }

        if (TornTail.IndexOfIntactFrame(StoreFiles.Read(file, offset, part.End)) is >= 0 and int intact)
        {
            throw Damaged(offset, $"the frame is not intact, and an intact one follows at byte {offset + intact}");
        }
    }

    private JournalDamagedException Damaged(long offset, string why) => new(runId, $"{part.Path} at byte {offset}: {why}");
}
