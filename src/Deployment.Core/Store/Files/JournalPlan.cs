using System.Text;

namespace Deployment.Store.Files;

/// <summary>
/// Finds out which parts of a run's segments make its journal: backwards from the last, each cut where a later one goes on.
/// A segment that no later one goes on from belongs to a taker who lost the lease before it could write.
/// </summary>
internal sealed class JournalPlan(StoreFiles files, StorePaths paths)
{
    internal IReadOnlyList<SegmentPart> Of(string runId)
    {
        List<SegmentPart> segments = Segments(runId);
        if (segments.Count == 0)
        {
            return [];
        }

        List<SegmentPart> parts = [segments[^1]];
        string wanted = segments[^1].Follows;
        foreach (SegmentPart segment in segments.SkipLast(1).Reverse())
        {
            if (wanted == JournalFrame.Start)
            {
                break;
            }

            if (segment.Follows != wanted && EndOf(segment, wanted) is { } end)
            {
                parts.Add(segment with { End = end, MayBeTorn = false });
                wanted = segment.Follows;
            }
        }

        if (wanted != JournalFrame.Start)
        {
            throw Unlinked(runId, segments, parts[^1]);
        }

        parts.Reverse();
        return parts;
    }

    private List<SegmentPart> Segments(string runId)
    {
        List<SegmentPart> segments = [];
        foreach (long turn in StorePaths.NumbersOf(files.List(paths.Run(runId)), "journal-", ".log"))
        {
            string path = paths.Journal(runId, turn);
            using IOpenFile file = files.OpenRead(path) ?? throw new JournalDamagedException(runId, $"{path} has disappeared");

            // Headers are written and flushed before the file gets its name, so no power cut tears one.
            string follows = SegmentHeader.Read(StoreFiles.Read(file, 0, Math.Min(file.Length, SegmentHeader.Length)))
                ?? throw new JournalDamagedException(runId, $"{path} at byte 0 has no intact header");
            segments.Add(new SegmentPart(path, follows, file.Length, MayBeTorn: true));
        }

        return segments;
    }

    /// <summary>Where the frame with a head ends; null when there is none. Whether all is intact up to there is checked when it is read.</summary>
    private long? EndOf(SegmentPart segment, string head)
    {
        byte[] beginning = Encoding.ASCII.GetBytes(head + ' ');
        using IOpenFile? file = files.OpenRead(segment.Path);
        if (file is null)
        {
            return null;
        }

        var lines = new SegmentLines(file, SegmentHeader.Length, segment.End);
        while (lines.Next() is { } some)
        {
            foreach (SegmentLine line in some)
            {
                if (line.Bytes.Span.StartsWith(beginning) && line.Bytes.Span[^1] == '\n')
                {
                    return line.Offset + line.Bytes.Length;
                }
            }
        }

        return null;
    }

    private JournalDamagedException Unlinked(string runId, List<SegmentPart> segments, SegmentPart later)
    {
        string where = $"{later.Path} at byte 0 goes on from a frame that no earlier segment has";
        SegmentPart? suspect = segments.TakeWhile(segment => segment.Path != later.Path).LastOrDefault(segment => segment.End > SegmentHeader.Length);
        if (suspect is not null)
        {
            using IOpenFile? file = files.OpenRead(suspect.Path);
            where += file is null ? $"; {suspect.Path} has disappeared" : $"; {suspect.Path} is intact up to byte {new SegmentFrames(runId, suspect, file).IntactUpTo()}";
        }

        return new JournalDamagedException(runId, where);
    }
}
