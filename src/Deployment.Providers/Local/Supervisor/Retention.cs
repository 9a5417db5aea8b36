using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Packages;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>
/// Keeps unpacked releases and logs of the last removed revisions, and no more. What stands is never touched, and what stands is all
/// that can take traffic again without being installed.
/// </summary>
internal sealed class Retention(StateFolder folder, StateStore store, ReleaseFolders releases)
{
    /// <summary>Counts a revision among the removed ones, and lets go of the oldest of them.</summary>
    public void Retire(string target, string revision, int kept)
    {
        store.Update(state =>
        {
            RemovedRevisions removed = Of(state, target);
            removed.Kept = kept;
            removed.Ids.Remove(revision);
            removed.Ids.Add(revision);
        });
        Trim(target);
    }

    /// <summary>What a supervisor that died, or one of an earlier version, left: half unpacked packages go, revisions that nobody knows count as removed.</summary>
    public void Sweep()
    {
        releases.RemoveUnfinished();
        foreach (string target in TargetsOnDisk())
        {
            string[] unknown = Unknown(store.Current, target);
            if (unknown.Length > 0)
            {
                store.Update(state => Of(state, target).Ids.InsertRange(0, unknown));
            }

            Trim(target);
        }

        RemoveHalfWritten();
    }

    private static RemovedRevisions Of(SupervisorState state, string target)
    {
        if (!state.Removed.TryGetValue(target, out RemovedRevisions? removed))
        {
            state.Removed[target] = removed = new RemovedRevisions();
        }

        return removed;
    }

    private string[] TargetsOnDisk() => new[] { folder.Logs, folder.Releases }
        .Where(Directory.Exists)
        .SelectMany(Directory.EnumerateDirectories)
        .Select(path => Path.GetFileName(path))
        .Concat(store.Current.Removed.Keys)
        .Distinct(StringComparer.Ordinal)
        .ToArray();

    private string[] Unknown(SupervisorState state, string target) =>
    [
        .. new[] { Path.Combine(folder.Logs, target), Path.Combine(folder.Releases, target) }
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .OrderBy(Directory.GetLastWriteTimeUtc)
            .Select(path => Path.GetFileName(path))
            .Distinct(StringComparer.Ordinal)
            .Where(revision => state.Revision(target, revision) is null && state.Removed.GetValueOrDefault(target)?.Ids.Contains(revision) != true),
    ];

    private void Trim(string target)
    {
        SupervisorState state = store.Current;
        if (state.Removed.GetValueOrDefault(target) is not { } removed)
        {
            return;
        }

        // One that was installed again since stands, and is none of these any more.
        string[] gone = [.. removed.Ids.Where(id => state.Revision(target, id) is null).SkipLast(removed.Kept)];
        foreach (string revision in gone)
        {
            releases.Remove(target, revision);
            foreach (string path in new[] { folder.LogsOf(target, revision), Path.GetDirectoryName(folder.Heartbeat(target, revision, 0))! }.Where(Directory.Exists))
            {
                Directory.Delete(path, recursive: true);
            }
        }

        store.Update(changed =>
        {
            RemovedRevisions kept = Of(changed, target);
            kept.Ids.RemoveAll(id => gone.Contains(id) || changed.Revision(target, id) is not null);
            if (kept.Ids.Count == 0 && !changed.Targets.ContainsKey(target))
            {
                changed.Removed.Remove(target);
            }
        });
    }

    // Files are written aside and renamed; who dies before that leaves the one aside.
    private void RemoveHalfWritten()
    {
        foreach (string left in Directory.EnumerateFiles(folder.Path, "*.new")
            .Concat(Directory.EnumerateDirectories(folder.Path, "router-*").SelectMany(tables => Directory.EnumerateFiles(tables, "*.new")))
            .Concat(Existing(folder.Logs, "*.1.new"))
            .Concat(Existing(folder.SecretsFolder, "*.new"))
            .ToArray())
        {
            File.Delete(left);
        }
    }

    private static IEnumerable<string> Existing(string path, string pattern) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories) : [];
}
