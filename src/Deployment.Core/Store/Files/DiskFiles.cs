using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Store.Files;

/// <summary>The real disk.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
internal sealed class DiskFiles : IFileLayer
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A flush takes as long as the disk likes: this is the one place that leaves the caller's thread.
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => Task.Run(work, cancellationToken);

    public IOpenFile? CreateNew(string path)
    {
        try
        {
            return Open(path, FileMode.CreateNew, FileAccess.Write);
        }
        catch (IOException exception) when (exception.HResult == LibC.AlreadyExists)
        {
            return null;
        }
    }

    public IOpenFile? OpenRead(string path)
    {
        try
        {
            return Open(path, FileMode.Open, FileAccess.Read);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public IOpenFile OpenAppend(string path) => Open(path, FileMode.Open, FileAccess.Write);

    public bool TryLink(string path, string newPath) => LibC.TryLink(path, newPath);

    public void Rename(string path, string newPath) => LibC.RenameOver(path, newPath);

    public void Overwrite(string path, ReadOnlySpan<byte> content)
    {
        using FileStream stream = OpenStream(path, FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(stream.SafeFileHandle, content, 0);
    }

    public void Delete(string path) => File.Delete(path);

    public bool Exists(string path) => LibC.Exists(path);

    public IReadOnlyList<string> List(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public void CreateFolder(string path) => Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);

    public void FlushFolder(string path)
    {
        using SafeFileHandle folder = LibC.OpenFolder(path);
        LibC.Flush(folder, path);
    }

    public DateTimeOffset LastWrite(string path) => new(File.GetLastWriteTimeUtc(path));

    private static DiskFile Open(string path, FileMode mode, FileAccess access) => new(OpenStream(path, mode, access), path);

    private static FileStream OpenStream(string path, FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            // The framework turns this into a shared advisory lock, which stands in nobody's way.
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (mode != FileMode.Open)
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }
}
