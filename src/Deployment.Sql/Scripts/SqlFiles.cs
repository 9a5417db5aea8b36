using Deployment.Sql.Tokens;

namespace Deployment.Sql.Scripts;

/// <summary>Reads the files of a folder that could be scripts. What can't be one is told, with the others.</summary>
internal static class SqlFiles
{
    /// <summary>Four mebibytes: a script that is longer holds data, which has other ways into a database.</summary>
    internal const int MaxBytes = 4 * 1024 * 1024;

    internal const int MaxFiles = 10_000;

    internal static async Task<(IReadOnlyList<SqlFile> Files, IReadOnlyList<string> Errors)> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            return ([], ["There is no such folder."]);
        }

        try
        {
            return await ReadEntriesAsync(RealPath.Of(Path.GetFullPath(folder)), cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return ([], [$"The folder can't be read: {unreadable.Message}"]);
        }
    }

    private static async Task<(IReadOnlyList<SqlFile> Files, IReadOnlyList<string> Errors)> ReadEntriesAsync(string folder, CancellationToken cancellationToken)
    {
        List<SqlFile> files = [];
        List<string> errors = [];
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Name.StartsWith('.'))
            {
                continue;
            }

            if (entry is DirectoryInfo)
            {
                errors.Add($"'{SqlChars.Printable(entry.Name)}' is a folder. Scripts lie in one folder, without others in it.");
            }
            else if (entry.Name.EndsWith(".sql", StringComparison.OrdinalIgnoreCase))
            {
                files.Add(new SqlFile(entry.Name, await ReadAsync(folder, entry, errors, cancellationToken)));
            }
        }

        if (files.Count > MaxFiles)
        {
            errors.Add($"There are {files.Count} scripts; at most {MaxFiles} are read. Squash old ones.");
        }

        return (files, errors);
    }

    private static async Task<string?> ReadAsync(string folder, FileSystemInfo entry, List<string> errors, CancellationToken cancellationToken)
    {
        string name = SqlChars.Printable(entry.Name);
        try
        {
            string path = RealPath.Of(entry.FullName);
            long length = new FileInfo(path).Length;
            string? refused =
                !RealPath.IsWithin(path, folder) ? "is a link out of the folder. Put the file itself here."
                : length > MaxBytes ? $"has {length} bytes; a script has at most {MaxBytes}. Load data by other means."

                // Nothing is opened that has no length: a pipe or a device would be waited for.
                : length == 0 ? "is empty, or no regular file. Write a statement, or delete it."
                : null;
            string problem = refused ?? "";
            string? text = refused is null ? SqlText.Decode(await BoundedAsync(path, (int)length, cancellationToken), out problem) : null;
            if (text is null)
            {
                errors.Add($"{name} {problem}");
            }

            return text;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{name} can't be read: {unreadable.Message}");
            return null;
        }
    }

    /// <summary>A file may have grown since its length was asked for.</summary>
    private static async Task<byte[]> BoundedAsync(string path, int length, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 4096, useAsync: true);
        byte[] bytes = new byte[length + 1];
        int read = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return read <= length ? bytes[..read] : throw new IOException("It grew while it was read.");
    }
}
