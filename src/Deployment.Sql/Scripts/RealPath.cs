namespace Deployment.Sql.Scripts;

/// <summary>Where a path leads when every link in it was followed.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <exception cref="IOException">Links lead in a circle, or nowhere.</exception>
    internal static string Of(string path)
    {
        string resolved = "/";
        var rest = new Stack<string>(Parts(path));
        for (int links = 0; rest.TryPop(out string? part);)
        {
            string next = part == ".." ? Path.GetDirectoryName(resolved) ?? "/" : Path.Combine(resolved, part);
            if (part != ".." && new FileInfo(next).LinkTarget is { } target)
            {
                if (++links > MaxLinks)
                {
                    throw new IOException("Its links lead in a circle.");
                }

                resolved = Path.IsPathRooted(target) ? "/" : resolved;
                foreach (string step in Parts(target))
                {
                    rest.Push(step);
                }
            }
            else
            {
                resolved = next;
            }
        }

        return resolved;
    }

    internal static bool IsWithin(string path, string folder) => path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The steps of a path, the last one first.</summary>
    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse();
}
