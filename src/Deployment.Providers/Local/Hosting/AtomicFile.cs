using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Deployment.Providers.Local.Hosting;

/// <summary>Files that are either the old ones or the new ones, whatever happens to the machine in between.</summary>
internal static partial class AtomicFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces the file; it is durable when this returns.</summary>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type) => Write(path, file => JsonSerializer.Serialize(file, value, type));

    /// <inheritdoc cref="Write{T}(string, T, JsonTypeInfo{T})"/>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Write{T}(string, T, JsonTypeInfo{T})"/>
    public static void WriteBytes(string path, byte[] bytes) => Write(path, file => file.Write(bytes));

    private static void Write(string path, Action<FileStream> write)
    {
        string fresh = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        using (var file = new FileStream(fresh, options))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads the file; null when there is none.</summary>
    /// <exception cref="DeploymentException">It is damaged.</exception>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, type) ?? throw new JsonException("It is null.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw new DeploymentException($"'{path}' is damaged or was written by another version: {error.Message} Stop what runs there, then move the folder away.", error);
        }
    }

    public static void Delete(string path)
    {
        File.Delete(path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes all files below a folder durable, on Linux in one go for the whole file system.</summary>
    public static void FlushTree(string folder)
    {
        if (OperatingSystem.IsLinux())
        {
            WithFolder(folder, Libc.FlushFileSystem);
            return;
        }

        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            open.Flush(flushToDisk: true);
        }
    }

    /// <summary>A rename is durable only once its folder is; .NET has no call for that.</summary>
    public static void FlushFolder(string folder) => WithFolder(folder, Fsync);

    private static void WithFolder(string folder, Func<int, int> flush)
    {
        int handle = Open(folder, 0);
        if (handle < 0)
        {
            throw new IOException($"The folder '{folder}' can't be opened to flush it (error {Marshal.GetLastPInvokeError()}).");
        }

        try
        {
            if (flush(handle) != 0)
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
