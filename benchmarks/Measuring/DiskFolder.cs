using System.Globalization;

namespace Deployment.Benchmarks.Measuring;

/// <summary>A folder of our own on a real disk, deleted in the end.</summary>
internal sealed class DiskFolder : IDisposable
{
    private static readonly string[] InMemory = ["tmpfs", "ramfs", "rootfs"];
    private readonly string _path;
    private int _number;

    /// <summary>Makes the folder.</summary>
    /// <exception cref="BenchmarkException">It would not be on a disk.</exception>
    internal DiskFolder(string parent)
    {
        Directory.CreateDirectory(parent);
        FileSystem = new DriveInfo(Path.GetFullPath(parent)).DriveFormat;
        if (InMemory.Contains(FileSystem))
        {
            throw new BenchmarkException($"{parent} is in memory ({FileSystem}), where a flush costs nothing and its figures mean nothing. Name a folder on a disk: --folder PATH.");
        }

        _path = Path.Combine(Path.GetFullPath(parent), string.Create(CultureInfo.InvariantCulture, $"benchmark-{Environment.ProcessId}"));
        Directory.CreateDirectory(_path);
    }

    internal string FileSystem { get; }

    /// <summary>A path in it that was not used before.</summary>
    internal string NewPath() => Path.Combine(_path, (++_number).ToString(CultureInfo.InvariantCulture));

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
