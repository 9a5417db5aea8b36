namespace Deployment.Testing;

/// <summary>The names in a folder as programs see them, and as far as they are durable.</summary>
internal sealed class LosingFolder
{
    private Dictionary<string, LosingFile> _durableFiles = [];
    private HashSet<string> _durableSubfolders = [];

    internal Dictionary<string, LosingFile> Files { get; private set; } = [];

    internal HashSet<string> Subfolders { get; private set; } = [];

    internal void Flush()
    {
        _durableFiles = new(Files);
        _durableSubfolders = [.. Subfolders];
    }

    /// <summary>Of every name that changed since the last flush, keeps what it was or what it became.</summary>
    internal void LoseNames(Random random)
    {
        foreach (string name in Files.Keys.Union(_durableFiles.Keys).Order(StringComparer.Ordinal).ToList())
        {
            LosingFile? before = _durableFiles.GetValueOrDefault(name);
            if (before != Files.GetValueOrDefault(name) && random.Next(2) == 0)
            {
                Files.Remove(name);
                if (before is not null)
                {
                    Files[name] = before;
                }
            }
        }

        Subfolders.RemoveWhere(name => !_durableSubfolders.Contains(name) && random.Next(2) == 0);
        Flush();
    }
}
