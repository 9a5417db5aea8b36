namespace Deployment.Providers.Aws.CloudFront;

/// <summary>The folders of a site, with how many of the files below each have changed.</summary>
internal sealed class FolderTree
{
    // docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html: in progress at one time.
    private const int MostWildcards = 15;

    private readonly SortedSet<string> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _unchanged = new(StringComparer.Ordinal);

    public void AddChanged(string path) => _changed.Add(path);

    public void AddUnchanged(string path)
    {
        foreach (string folder in FoldersOf(path))
        {
            _unchanged[folder] = _unchanged.GetValueOrDefault(folder) + 1;
        }
    }

    public IReadOnlyList<string> Cover(int most)
    {
        var single = new SortedSet<string>(_changed, StringComparer.Ordinal);
        var whole = new SortedSet<string>(StringComparer.Ordinal);
        while (single.Count + whole.Count > most)
        {
            string folder = Cheapest(single, whole);
            single.RemoveWhere(path => path.StartsWith(folder, StringComparison.Ordinal));
            whole.RemoveWhere(path => path.StartsWith(folder, StringComparison.Ordinal));
            whole.Add(folder);
        }

        return [.. single.Select(InvalidationPaths.Encode).Concat(whole.Select(folder => InvalidationPaths.Encode(folder) + "*")).Order(StringComparer.Ordinal)];
    }

    private string Cheapest(SortedSet<string> single, SortedSet<string> whole)
    {
        if (whole.Count + 1 > MostWildcards)
        {
            return "/";
        }

        Dictionary<string, int> saved = new(StringComparer.Ordinal);
        foreach (string path in single.Concat(whole))
        {
            foreach (string folder in FoldersOf(path))
            {
                saved[folder] = saved.GetValueOrDefault(folder) + 1;
            }
        }

        return saved
            .Where(folder => folder.Value > 1)
            .OrderBy(folder => (double)_unchanged.GetValueOrDefault(folder.Key) / (folder.Value - 1))
            .ThenByDescending(folder => folder.Value)
            .ThenByDescending(folder => folder.Key.Length)
            .ThenBy(folder => folder.Key, StringComparer.Ordinal)
            .Select(folder => folder.Key)
            .FirstOrDefault("/");
    }

    // Of /a/b/c.js: /, /a/ and /a/b/.
    private static IEnumerable<string> FoldersOf(string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (slash + 1 < path.Length)
            {
                yield return path[..(slash + 1)];
            }
        }
    }
}
