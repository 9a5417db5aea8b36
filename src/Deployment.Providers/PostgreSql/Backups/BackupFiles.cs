using System.Security.Cryptography;

namespace Deployment.Providers.PostgreSql.Backups;

/// <summary>The files of backups: a folder for each run, and in it a file for each database. A file has its name only once it is proven.</summary>
internal sealed class BackupFiles(string folder, string database, string run)
{
    private const string Extension = ".dump";

    internal string Whole => Path.Combine(Own, database + Extension);

    internal string Partial => Whole + ".partial";

    private string Own => Path.Combine(folder, Safe(run));

    /// <summary>Only the owner can read what the database has.</summary>
    internal void Prepare()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Own);
            }
            else
            {
                Directory.CreateDirectory(Own, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
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
        IEnumerable<FileInfo> old = new DirectoryInfo(folder).EnumerateDirectories()
            // What a person made by hand, with the runbook's own command, is that person's.
            .Where(run => run.LinkTarget is null && run.Name != "by-hand")
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

    private static string Safe(string run) => string.Concat(run.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
}
