namespace Deployment.Strategies.FeatureFlags;

/// <summary>Reads and replaces a file that others read and edit at the same time.</summary>
internal static class FlagFileDisk
{
    private const int Largest = 10 * 1024 * 1024;

    internal static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is not null)
            {
                throw new DeploymentException($"The file with feature flags {path} is a link, and applications are not told when what it links to changes. Name the file itself.");
            }

            if (file.Exists && file.Length > Largest)
            {
                throw new DeploymentException($"The file with feature flags {path} has {file.Length} bytes; at most {Largest} are read.");
            }

            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DeploymentException($"There is no file with feature flags {path}. Make it, with the flag in it and closed; or mend the path.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The file with feature flags {path} can't be read: {error.Message}", error);
        }
    }

    /// <summary>Lets one process after the other change the file. The lock is a file beside it, because a lock on the file itself would keep its readers out.</summary>
    /// <exception cref="DeploymentException">Another one is at it: try again.</exception>
    internal static FileStream TakeTurn(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The file with feature flags {path} can't be changed now: {error.Message} Its folder must be writable, and only one run changes it at a time.", error);
        }
    }

    /// <summary>Readers see the old file or the new one, and never a part of it.</summary>
    internal static async Task ReplaceAsync(string path, byte[] seen, byte[] next, CancellationToken cancellationToken)
    {
        string beside = path + ".next";
        try
        {
            File.Delete(beside);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = File.GetUnixFileMode(path);
            }

            await using (var stream = new FileStream(beside, options))
            {
                await stream.WriteAsync(next, cancellationToken).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            // An editor knows no lock: what it saved meanwhile must not get lost.
            byte[] now = await ReadAsync(path, cancellationToken).ConfigureAwait(false);
            if (!seen.AsSpan().SequenceEqual(now))
            {
                throw new DeploymentException($"Somebody else changed {path} just now. It was left as it is; try again.");
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The file with feature flags {path} can't be replaced: {error.Message}", error);
        }
    }
}
