namespace Deployment.Store.Files;

/// <summary>A run's inbox: one file a signal, each created under the first free number.</summary>
internal sealed class FileSignals(StoreFiles files, StorePaths paths)
{
    internal long Post(string runId, Signal signal)
    {
        byte[] content = StoreJson.Write(signal, StoreJson.Default.Signal);
        long number = Last(runId, 0) + 1;
        while (!files.TryCreate(paths.Signal(runId, number), content))
        {
            number++;
        }

        return number;
    }

    internal IReadOnlyList<NumberedSignal> Read(string runId, long after)
    {
        long last = Last(runId, after);
        if (last <= after)
        {
            return [];
        }

        // A signal that was read may be journaled as taken, so it must not vanish in a power cut and leave its number to another one.
        files.FlushFolder(paths.Signals(runId));
        List<NumberedSignal> signals = [];
        for (long number = Math.Max(after, 0) + 1; number <= last; number++)
        {
            string path = paths.Signal(runId, number);
            byte[] content = files.Read(path) ?? throw StoreJson.Damaged(path, "it has disappeared", null);
            signals.Add(new NumberedSignal(number, Read(content, path)));
        }

        return signals;
    }

    /// <summary>One that can't be read must not hide those after it: an abort may be among them.</summary>
    private static Signal Read(byte[] content, string path)
    {
        try
        {
            return StoreJson.Read(content, StoreJson.Default.Signal, path);
        }
        catch (DeploymentException)
        {
            return new Signal { Kind = SignalKind.Unreadable, By = "unknown", Reason = $"{Path.GetFileName(path)} is damaged, or was written by a newer version of this library." };
        }
    }

    // Where the numbers without gaps end. A power cut can leave a gap before a signal that nobody was told to be posted; the next one fills it.
    private long Last(string runId, long after)
    {
        long last = Math.Max(after, 0);
        foreach (long number in StorePaths.NumbersOf(files.List(paths.Signals(runId)), "", ".json").Where(number => number > last))
        {
            if (number != last + 1)
            {
                break;
            }

            last = number;
        }

        return last;
    }
}
