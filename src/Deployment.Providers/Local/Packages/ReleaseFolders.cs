using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Store.Files;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Providers.Local.Packages;

/// <summary>The folders that packages are unpacked into, one a revision. Each is whole or not there.</summary>
internal sealed class ReleaseFolders(StateFolder folder)
{
    private const string Aside = ".new-";
    private const string Mark = ".sha256";

    /// <summary>Unpacks the package, also where one of the same hash was unpacked before: what ran there could change it and leave things behind.</summary>
    /// <exception cref="DeploymentException">The package is missing, is another one, or may not be unpacked; nothing of it is left.</exception>
    public void Place(string target, string revision, PackageSource package, CancellationToken cancellationToken)
    {
        string place = folder.Release(target, revision);
        string parent = Path.GetDirectoryName(place)!;
        string aside = Path.Combine(parent, Aside + revision);
        string copy = aside + ".package";
        StateFolder.Create(parent);
        Discard(aside, copy);
        try
        {
            if (Directory.Exists(package.Path))
            {
                Unpack(FolderPackage.Entries(CheckedFolder(package)), new Budget(package, null, FreeBytes(parent)), package, aside, cancellationToken);
                Publish(aside, place, "");
                return;
            }

            if (!File.Exists(package.Path))
            {
                EnsureKept(place, package);
                return;
            }

            string hash = Copy(package, copy, FreeBytes(parent), cancellationToken);
            UnpackFile(package, copy, aside, cancellationToken);
            Publish(aside, place, hash);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException
            or InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            throw new DeploymentException($"The package '{package.Path}' can't be unpacked: {error.Message}", error);
        }
        finally
        {
            Discard(aside, copy);
        }
    }

    /// <summary>Removes what was unpacked for a revision.</summary>
    public void Remove(string target, string revision)
    {
        string place = folder.Release(target, revision);
        if (File.Exists(place + Mark))
        {
            File.Delete(place + Mark);
        }

        if (Directory.Exists(place))
        {
            // Renamed first: what is left of it when this process dies can't be taken for a whole release.
            string aside = Path.Combine(Path.GetDirectoryName(place)!, Aside + revision);
            Discard(aside, aside + ".package");
            Directory.Move(place, aside);
            Directory.Delete(aside, recursive: true);
        }
    }

    /// <summary>Removes what a supervisor that died left half done.</summary>
    public void RemoveUnfinished()
    {
        foreach (string target in Directory.Exists(folder.Releases) ? Directory.EnumerateDirectories(folder.Releases) : [])
        {
            foreach (string left in Directory.EnumerateFileSystemEntries(target, Aside + "*").ToArray())
            {
                Discard(left, left);
            }
        }
    }

    private static long FreeBytes(string path) => new DriveInfo(path).AvailableFreeSpace;

    private static string? MarkOf(string place) => File.Exists(place + Mark) ? File.ReadAllText(place + Mark) : null;

    private static void Discard(string unpacked, string copy)
    {
        if (Directory.Exists(unpacked))
        {
            Directory.Delete(unpacked, recursive: true);
        }

        File.Delete(copy);
    }

    private string CheckedFolder(PackageSource package)
    {
        if (package.Sha256 is not null)
        {
            throw new DeploymentException($"The package '{package.Path}' is a folder, which has no SHA-256. Pack it, or leave the hash out.");
        }

        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(package.Path));
        return (folder.Path + "/").StartsWith(path + "/", StringComparison.Ordinal)
            ? throw new DeploymentException($"The package '{package.Path}' has the state folder '{folder.Path}' in it. Take the application's own folder.")
            : path;
    }

    // Going back to a release whose package was cleaned away: what was unpacked is kept for that.
    private static void EnsureKept(string place, PackageSource package)
    {
        if (!Directory.Exists(place) || (package.Sha256 is { } hash && !hash.Equals(MarkOf(place), StringComparison.OrdinalIgnoreCase)))
        {
            throw new DeploymentException($"The package '{package.Path}' doesn't exist, and what was unpacked of it earlier isn't there any longer. Bring it back.");
        }
    }

    // Read once, into a place that nobody else writes: what is checked is what is unpacked.
    private static string Copy(PackageSource package, string copy, long free, CancellationToken cancellationToken)
    {
        using FileStream source = File.OpenRead(package.Path);
        if (source.Length > package.MaxBytes || source.Length > Math.Max(0, free - package.MinFreeBytes))
        {
            throw new DeploymentException($"The package '{package.Path}' has {source.Length} bytes; at most {package.MaxBytes} are taken, and {package.MinFreeBytes} of {free} free bytes must stay free.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(copy, FileMode.CreateNew, FileAccess.Write);
        byte[] buffer = new byte[80 * 1024];
        for (int read; (read = source.Read(buffer, 0, buffer.Length)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
            file.Write(buffer, 0, read);
        }

        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
        return package.Sha256 is { } wanted && !wanted.Equals(found, StringComparison.OrdinalIgnoreCase)
            ? throw new DeploymentException($"The package '{package.Path}' has the SHA-256 {found}, not {wanted.ToLowerInvariant()}. It is another one, or damaged.")
            : found;
    }

    private static void UnpackFile(PackageSource package, string copy, string aside, CancellationToken cancellationToken)
    {
        using FileStream file = File.OpenRead(copy);
        var budget = new Budget(package, file.Length, FreeBytes(copy));
        IEnumerable<PackageEntry> entries = package.Path.ToUpperInvariant() switch
        {
            var name when name.EndsWith(".ZIP", StringComparison.Ordinal) => ZipPackage.Entries(file, package),
            var name when name.EndsWith(".TAR.GZ", StringComparison.Ordinal) || name.EndsWith(".TGZ", StringComparison.Ordinal) => TarPackage.Entries(file, package, budget, cancellationToken),
            _ => throw new DeploymentException($"The package '{package.Path}' is none that is known: take a folder, a .zip or a .tar.gz."),
        };
        Unpack(entries, budget, package, aside, cancellationToken);
    }

    private static void Unpack(IEnumerable<PackageEntry> entries, Budget budget, PackageSource package, string aside, CancellationToken cancellationToken)
    {
        StateFolder.Create(aside);
        var writer = new ReleaseWriter(aside, budget);
        foreach (PackageEntry entry in entries)
        {
            writer.Add(entry, cancellationToken);
        }

        if (writer.IsEmpty)
        {
            throw new DeploymentException($"The package '{package.Path}' is empty.");
        }
    }

    private static void Publish(string aside, string place, string hash)
    {
        FlushTree(aside);
        if (File.Exists(place + Mark))
        {
            // A mark never stands beside anything that it doesn't mean, whenever this process or the machine dies.
            AtomicFile.Delete(place + Mark);
        }

        if (Directory.Exists(place))
        {
            string old = aside + ".old";
            Directory.Move(place, old);
            Directory.Move(aside, place);
            Directory.Delete(old, recursive: true);
        }
        else
        {
            Directory.Move(aside, place);
        }

        AtomicFile.FlushFolder(Path.GetDirectoryName(place)!);
        if (hash.Length > 0)
        {
            StateFile.WriteText(place + Mark, hash);
        }
    }

    /// <summary>Makes all files below a folder durable, on Linux in one go for the whole file system.</summary>
    private static void FlushTree(string folder)
    {
        if (OperatingSystem.IsLinux())
        {
            using SafeFileHandle handle = LibC.OpenFolder(folder);
            if (Libc.FlushFileSystem(handle) != 0)
            {
                throw new IOException($"The folder '{folder}' can't be flushed (error {Marshal.GetLastPInvokeError()}).");
            }

            return;
        }

        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            open.Flush(flushToDisk: true);
        }
    }
}
