using System.Runtime.CompilerServices;

namespace Deployment.Store.Files;

/// <summary>Reads a run's journal through all its segments.</summary>
internal sealed class JournalReader(StoreFiles files, StorePaths paths)
{
    private readonly JournalPlan _plan = new(files, paths);

    /// <summary>All frames, read some at a time by <paramref name="run"/>.</summary>
    internal async IAsyncEnumerable<JournalFrame> ReadAsync(
        string runId, StoreWork run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (SegmentPart part in await run.DoAsync(() => _plan.Of(runId), cancellationToken))
        {
            using IOpenFile file = await run.DoAsync(() => Open(runId, part), cancellationToken);
            var frames = new SegmentFrames(runId, part, file);
            while (await run.DoAsync(frames.Next, cancellationToken) is { } some)
            {
                foreach (JournalFrame frame in some)
                {
                    yield return frame;
                }
            }
        }
    }

    /// <summary>The journal's last frame, after everything before it was checked; null when it is empty.</summary>
    internal JournalFrame? Last(string runId)
    {
        JournalFrame? last = null;
        foreach (SegmentPart part in _plan.Of(runId))
        {
            using IOpenFile file = Open(runId, part);
            var frames = new SegmentFrames(runId, part, file);
            while (frames.Next() is { } some)
            {
                last = some.LastOrDefault(last);
            }
        }

        return last;
    }

    private IOpenFile Open(string runId, SegmentPart part) =>
        files.OpenRead(part.Path) ?? throw new JournalDamagedException(runId, $"{part.Path} has disappeared");
}
