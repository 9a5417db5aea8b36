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

    /// <summary>The journal's head, after everything before it was checked and made durable.</summary>
    internal string SettledHead(string runId)
    {
        // The owner before may have been stopped between writing and flushing.
        foreach (string path in _plan.PathsOf(runId))
        {
            using IOpenFile? file = files.OpenRead(path);
            file?.Flush();
        }

        files.FlushFolder(paths.Run(runId));
        string head = JournalFrame.Start;
        foreach (SegmentPart part in _plan.Of(runId))
        {
            using IOpenFile file = Open(runId, part);
            var frames = new SegmentFrames(runId, part, file);
            while (frames.Next() is not null)
            {
            }

            head = frames.Head;
        }

        return head;
    }

    private IOpenFile Open(string runId, SegmentPart part) =>
        files.OpenRead(part.Path) ?? throw new JournalDamagedException(runId, $"{part.Path} has disappeared");
}
