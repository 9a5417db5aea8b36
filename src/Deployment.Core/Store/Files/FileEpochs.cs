namespace Deployment.Store.Files;

/// <summary>Gives out epochs that grow over all runs of the store.</summary>
internal sealed class FileEpochs(StoreFiles files, StorePaths paths)
{
    /// <summary>A durable epoch, higher than any given out before and than the one given.</summary>
    internal long Next(long above)
    {
        files.EnsureFolder(paths.Epochs);
        while (true)
        {
            long epoch = Math.Max(Highest(), above) + 1;
            if (files.TryMark(paths.Epoch(epoch)) && Highest() == epoch)
            {
                Counted.Prune(files, paths.Epochs, "", paths.Epoch, epoch);
                return epoch;
            }
        }
    }

    private long Highest() => Counted.Highest(files, paths.Epochs, "", paths.Epoch);
}
