using System.Globalization;
using System.Text;

namespace Deployment.Store.Files;

/// <summary>Who drives a run. Taking turn N is creating its file, which only one process can.</summary>
internal sealed class FileLeases(StoreFiles files, StorePaths paths, FileEpochs epochs, TimeProvider time)
{
    internal LeaseState? Read(string runId)
    {
        List<long> turns = StorePaths.NumbersOf(files.List(paths.Run(runId)), "lease-", ".json");
        if (turns.Count == 0)
        {
            return null;
        }

        long turn = turns[^1];
        string path = paths.Lease(runId, turn);
        byte[] content = files.Read(path) ?? throw StoreJson.Damaged(path, "it has disappeared", null);
        LeaseFile lease = StoreJson.Read(content, StoreJson.Default.LeaseFile, path);
        (long beat, DateTimeOffset? at) = ReadBeat(runId, turn);
        return new LeaseState((int)turn, lease.Epoch, lease.Holder, beat, files.Exists(paths.Released(runId, turn))) { BeatAt = at ?? lease.At };
    }

    /// <summary>Creates the next turn; null when the lease isn't as it was seen or somebody else was faster.</summary>
    internal LeaseState? TryTake(string runId, LeaseState? seen, string holder)
    {
        if (Read(runId) != seen)
        {
            return null;
        }

        // An epoch is given out after the lease was read, so it is higher than the one seen, and the lease is compared
        // once more right before it is taken, since all this took a while.
        long epoch = epochs.Next(seen?.Epoch ?? 0);
        int turn = (seen?.Turn ?? 0) + 1;
        DateTimeOffset now = time.GetUtcNow();
        byte[] content = StoreJson.Write(new LeaseFile(epoch, holder, now), StoreJson.Default.LeaseFile);
        return Read(runId) == seen && files.TryCreate(paths.Lease(runId, turn), content)
            ? new LeaseState(turn, epoch, holder, 0, Released: false) { BeatAt = now }
            : null;
    }

    /// <summary>Whether somebody took the turn after this one.</summary>
    internal bool HasSuccessor(string runId, long turn) => files.Exists(paths.Lease(runId, turn + 1));

    internal bool Renew(string runId, long epoch)
    {
        if (Read(runId) is not { } lease || lease.Epoch != epoch || lease.Released)
        {
            return false;
        }

        // In place and in one width, so that it needs no new space on a full disk. It is not flushed: after a power cut the holder is gone anyway.
        files.Overwrite(paths.Beat(runId, lease.Turn), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{lease.Beat + 1:D19} {time.GetUtcNow().UtcTicks:D19}")));
        return !HasSuccessor(runId, lease.Turn);
    }

    internal void Release(string runId, long epoch)
    {
        if (Read(runId) is { } lease && lease.Epoch == epoch && !files.TryMark(paths.Released(runId, lease.Turn)))
        {
            // Marked by a call before this one, which may have failed to flush it.
            files.FlushFolder(paths.Run(runId));
        }
    }

    // What a power cut made of it doesn't matter: a beat only has to differ from the one before, and its time is for people.
    private (long Beat, DateTimeOffset? At) ReadBeat(string runId, long turn)
    {
        string[] numbers = files.Read(paths.Beat(runId, turn)) is { } content ? Encoding.ASCII.GetString(content).Split(' ') : [];
        long beat = numbers.Length > 0 ? Number(numbers[0]) : 0;
        return (beat, numbers.Length > 1 && Number(numbers[1]) is > 0 and var ticks && ticks <= DateTime.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null);
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
