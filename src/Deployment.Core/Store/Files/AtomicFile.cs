using Microsoft.Win32.SafeHandles;

namespace Deployment.Store.Files;

/// <summary>Single files, anywhere, that are either the old ones or the new ones, whatever happens to the machine in between. The store's own are <see cref="StoreFiles"/>.</summary>
internal static class AtomicFile
{
    /// <summary>Replaces a file; it is durable when this returns.</summary>
    /// <param name="path">Its path, absolute.</param>
    /// <param name="mode">Who may do what with it.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    internal static void Replace(string path, UnixFileMode mode, Action<Stream> write)
    {
        File.Move(WriteBeside(path, mode, write), path, overwrite: true);
        FlushFolder(FolderOf(path));
    }

    /// <summary>Writes what <see cref="Replace"/> would put into the file's place, beside it.</summary>
    /// <returns>Its path.</returns>
    internal static string WriteBeside(string path, UnixFileMode mode, Action<Stream> write)
    {
        string beside = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using var file = new FileStream(beside, options);
        write(file);
        file.Flush();
        LibC.Flush(file.SafeFileHandle, beside);
        return beside;
    }

    /// <summary>Deletes a file that may be missing; it stays away when this returns.</summary>
    internal static void Delete(string path)
    {
        File.Delete(path);
        FlushFolder(FolderOf(path));
    }

    /// <summary>A rename is durable only once its folder is.</summary>
    internal static void FlushFolder(string folder)
    {
        using SafeFileHandle handle = LibC.OpenFolder(folder);
        LibC.Flush(handle, folder);
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path) ?? path;
}
