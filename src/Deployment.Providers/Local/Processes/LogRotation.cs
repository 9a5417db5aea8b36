using Deployment.Providers.Local.Hosting;

namespace Deployment.Providers.Local.Processes;

/// <summary>
/// Takes what was written out of the front of a log that a process goes on appending to. The process writes straight into its file and
/// knows nothing of it, so neither a dead supervisor nor a full pipe can ever stop it.
/// </summary>
internal static class LogRotation
{
    // A multiple of every block size that file systems have.
    private const int Block = 64 * 1024;

    /// <summary>Moves the log's content to <c>PATH.1</c> and the older ones along, keeping so many. Returns whether no line can have been lost.</summary>
    /// <param name="path">The log.</param>
    /// <param name="files">How many older files are kept, at least 1.</param>
    /// <param name="collapse">Whether to ask the file system to take the front out; without that the file is cut off to nothing.</param>
    public static bool Rotate(string path, int files, bool collapse = true)
    {
        using var log = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        long front = (log.Length - 1) / Block * Block;
        if (front <= 0)
        {
            return true;
        }

        // Copied before it is taken out: who dies in between leaves it twice, and never not at all.
        string fresh = path + ".1.new";
        using FileStream copy = Create(fresh);
        Copy(log, copy, front);
        copy.Flush(flushToDisk: true);
        Shift(path, files);
        File.Move(fresh, Older(path, 1), overwrite: true);
        if (collapse && OperatingSystem.IsLinux() && Libc.Allocate(log.SafeFileHandle, Libc.CollapseRange, 0, front) == 0)
        {
            return true;
        }

        // What is written between the last look at the end and the cut is lost. Only ext4 and XFS spare us that.
        // A write shows page by page to who reads meanwhile, so the cut may go through the middle of a line.
        Copy(log, copy, long.MaxValue);
        log.SetLength(0);
        EndLine(copy);
        return false;
    }

    /// <summary>Begins a new file where nobody has the old one open.</summary>
    public static void Begin(string path, int files)
    {
        Shift(path, files);
        File.Move(path, Older(path, 1), overwrite: true);
    }

    private static string Older(string path, int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{path}.{number}");

    private static void Shift(string path, int files)
    {
        for (int number = files - 1; number >= 1; number--)
        {
            if (File.Exists(Older(path, number)))
            {
                File.Move(Older(path, number), Older(path, number + 1), overwrite: true);
            }
        }

        // Fewer may be kept than before.
        for (int number = files + 1; File.Exists(Older(path, number)); number++)
        {
            File.Delete(Older(path, number));
        }
    }

    // The rest of its last line may be lost, and the next line must not be taken for that.
    private static void EndLine(FileStream copy)
    {
        copy.Seek(-1, SeekOrigin.End);
        if (copy.ReadByte() != '\n')
        {
            copy.WriteByte((byte)'\n');
        }
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static void Copy(FileStream log, FileStream copy, long end)
    {
        byte[] buffer = new byte[Block];
        while (log.Position < end)
        {
            int read = log.Read(buffer, 0, (int)Math.Min(buffer.Length, end - log.Position));
            if (read == 0)
            {
                return;
            }

            copy.Write(buffer, 0, read);
        }
    }
}
