using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Walks through a site's folder and finds its files, and all that can't be served.</summary>
internal sealed class SiteFolder
{
    // Links may multiply what is there.
    private const int MostFiles = 1_000_000;

    private readonly string _real;
    private readonly string _prefix;

    private SiteFolder(string root, string prefix)
    {
        _real = RealPath(new DirectoryInfo(root));
        _prefix = prefix;
    }

    /// <summary>The files: key, path, size and when they were written last.</summary>
    public List<(string Key, string Path, long Size, DateTime Written)> Files { get; } = [];

    /// <summary>What can't be served, a sentence each.</summary>
    public List<string> Problems { get; } = [];

    /// <param name="folder">The folder.</param>
    /// <param name="prefix">What stands before each key in the bucket.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static SiteFolder Walk(string folder, string prefix, CancellationToken cancellationToken)
    {
        string root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
        {
            throw new DeploymentException($"There is no folder {Naming.PrintableUpTo(root, SiteKeys.Longest)} that the site could be read from.");
        }

        var found = new SiteFolder(root, prefix);
        found.Enter(new DirectoryInfo(root), "", [found._real], cancellationToken);
        return found;
    }

    private void Enter(DirectoryInfo folder, string key, List<string> above, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FileSystemInfo[] entries;
        try
        {
            entries = folder.GetFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Refuse(key.Length == 0 ? "." : key, $"can't be read: {Naming.Printable(error.Message)}");
            return;
        }

        foreach (FileSystemInfo entry in entries)
        {
            string its = key.Length == 0 ? entry.Name : $"{key}/{entry.Name}";
            if (SiteKeys.Problem(its, _prefix) is { } problem)
            {
                Refuse(its, problem);
            }
            else if (Follow(entry, its) is { } target)
            {
                Add(target, its, above, cancellationToken);
            }
        }
    }

    private void Add(FileSystemInfo entry, string key, List<string> above, CancellationToken cancellationToken)
    {
        if (entry is DirectoryInfo folder)
        {
            string real = RealPath(folder);
            if (above.Contains(real))
            {
                Refuse(key, "is a link to a folder that it lies in");
                return;
            }

            Enter(folder, key, [.. above, real], cancellationToken);
            return;
        }

        try
        {
            long size = ((FileInfo)entry).Length;
            if (size == 0 && SpecialFile.Is(entry.FullName))
            {
                Refuse(key, "is no file but a pipe, a socket or a device");
                return;
            }

            Files.Add((key, entry.FullName, size, entry.LastWriteTimeUtc));
            if (Files.Count > MostFiles)
            {
                throw new DeploymentException($"The site's folder has more than {MostFiles:N0} files. Is it the right one, or do links lead round in it?");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Refuse(key, $"can't be read: {Naming.Printable(error.Message)}");
        }
    }

    /// <summary>What a name stands for; null where it is refused.</summary>
    private FileSystemInfo? Follow(FileSystemInfo entry, string key)
    {
        if (!entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return entry;
        }

        try
        {
            FileSystemInfo? target = entry.ResolveLinkTarget(returnFinalTarget: true);
            if (target is not { Exists: true })
            {
                Refuse(key, "is a link to nothing");
                return null;
            }

            string real = RealPath(target);
            if (!real.StartsWith(_real + Path.DirectorySeparatorChar, StringComparison.Ordinal) && real != _real)
            {
                Refuse(key, "is a link that leads out of the folder");
                return null;
            }

            return Directory.Exists(real) ? new DirectoryInfo(real) : new FileInfo(real);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Refuse(key, $"is a link that can't be followed: {Naming.Printable(error.Message)}");
            return null;
        }
    }

    // The path without any link in it: a folder above may be one as well.
    private static string RealPath(FileSystemInfo entry)
    {
        string path = Path.GetFullPath(entry.FullName);
        string real = Path.GetPathRoot(path)!;
        foreach (string part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(real, part);
            real = Directory.ResolveLinkTarget(next, returnFinalTarget: true) is { } target ? RealPath(target) : next;
        }

        return real;
    }

    private void Refuse(string key, string problem) => Problems.Add($"'{Naming.PrintableUpTo(key, SiteKeys.Longest)}' {problem}.");
}
