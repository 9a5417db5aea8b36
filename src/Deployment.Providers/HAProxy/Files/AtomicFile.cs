using System.Runtime.InteropServices;
using System.Text;

namespace Deployment.Providers.HAProxy.Files;

/// <summary>Files that are either the old ones or the new ones, whatever happens to the machine in between.</summary>
internal static partial class AtomicFile
{
    // HAProxy may read them as another user, and nothing in them is secret.
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Replaces a file unless it has this content already; it is durable when this returns.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, string text)
    {
        if (Read(path) == text)
        {
            return;
        }

        WriteNew(path, text);
        File.Move(Fresh(path), path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes what <see cref="Write"/> would put into the file's place, beside it.</summary>
    /// <returns>Its path.</returns>
    public static string WriteNew(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        using var file = new FileStream(Fresh(path), options);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
        return Fresh(path);
    }

    /// <summary>The file's text; null when there is none.</summary>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static string Fresh(string path) => path + ".new";

    /// <summary>A rename is durable only once its folder is; .NET has no call for that.</summary>
    private static void FlushFolder(string folder)
    {
        int handle = Open(folder, 0);
        if (handle < 0)
        {
            throw new IOException($"The folder '{folder}' can't be opened to flush it (error {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            if (Fsync(handle) != 0)
            {
                throw new IOException($"The folder '{folder}' can't be flushed (error {Marshal.GetLastPInvokeError()}).");
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
