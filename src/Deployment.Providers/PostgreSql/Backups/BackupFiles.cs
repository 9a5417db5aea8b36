using System.Security.Cryptography;

namespace Deployment.Providers.PostgreSql.Backups;

/// <summary>The files of backups: a folder for each database, in it one for each run, and in that the file. A file has its name only once it is proven.</summary>
/// <param name="folder">The folder of all backups, which others may use for their databases, also under the same name.</param>
/// <param name="source">What tells one database from every other, in characters that a folder may have.</param>
/// <param name="database">What its pipeline calls it.</param>
/// <param name="run">The run.</param>
internal sealed class BackupFiles(string folder, string source, string database, string run)
{
    private const string Extension = ".dump";

    internal string Whole => Path.Combine(Own, database + Extension);

    internal string Partial => Whole + ".partial";

    private string Of => Path.Combine(folder, source);

    private string Own => Path.Combine(Of, Safe(run));

    /// <summary>Only the owner can read what the database has.</summary>
    internal void Prepare()
    {
        try
        {
            Make(folder);
            Make(Of);
            Make(Own);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The folder of backups {Own} can't be made: {error.Message} Nothing was changed.", error);
        }

        Discard();
    }

    internal void Discard()
    {
        if (File.Exists(Partial))
        {
            File.Delete(Partial);
        }
    }

    internal void Keep() => File.Move(Partial, Whole, overwrite: true);

    internal static async Task<string> HashAsync(string file, CancellationToken cancellationToken)
    {
        await using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Removes all but the newest of this database, this run's own among them; gives what was removed.</summary>
    internal IReadOnlyList<string> Retain(int count)
    {
        List<string> removed = [];
        IEnumerable<FileInfo> old = new DirectoryInfo(Of).EnumerateDirectories()
            .Where(run => run.LinkTarget is null)
            .Select(run => new FileInfo(Path.Combine(run.FullName, database + Extension)))
            .Where(file => file is { Exists: true, LinkTarget: null } && file.FullName != Path.GetFullPath(Whole))
            .OrderByDescending(file => file.LastWriteTimeUtc)
            .Skip(count - 1)
            .ToArray();
        foreach (FileInfo file in old)
        {
            file.Delete();
            removed.Add(file.FullName);
            if (!file.Directory!.EnumerateFileSystemInfos().Any())
            {
                file.Directory.Delete();
            }
        }

        return removed;
    }

    /// <summary>One that is there stays as it is.</summary>
    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string Safe(string run) => string.Concat(run.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
}
