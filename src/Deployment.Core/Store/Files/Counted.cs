namespace Deployment.Store.Files;

/// <summary>Files named by a number that only grows, where the highest counts and old ones are pruned.</summary>
internal static class Counted
{
    // A process that slept between listing and creating may create a number that was pruned long ago. It notices,
    // because the highest is never pruned, and so many are kept that a listing made meanwhile can't miss them all.
    private const int Kept = 16;

    /// <summary>The highest number; 0 when there is none.</summary>
    internal static long Highest(StoreFiles files, string folder, string suffix, Func<long, string> path)
    {
        List<long> numbers = StorePaths.NumbersOf(files.List(folder), "", suffix);
        long highest = numbers.Count == 0 ? 0 : numbers[^1];
        while (files.Exists(path(highest + 1)))
        {
            highest++;
        }

        return highest;
    }

    internal static void Prune(StoreFiles files, string folder, string suffix, Func<long, string> path, long highest)
    {
        foreach (long number in StorePaths.NumbersOf(files.List(folder), "", suffix).TakeWhile(number => number <= highest - Kept))
        {
            files.Delete(path(number));
        }
    }
}
