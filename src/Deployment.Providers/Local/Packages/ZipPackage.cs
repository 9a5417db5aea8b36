using System.IO.Compression;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Packages;

/// <summary>Reads a zip.</summary>
internal static class ZipPackage
{
    // The upper half of the external attributes is st_mode where the packer knew one.
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;
    private const int Link = 0xA000;
    private const int AnyExecute = 0b001_001_001;

    public static IEnumerable<PackageEntry> Entries(Stream file, PackageSource package)
    {
        using var guard = new DirectoryGuard(file, package);
        using var archive = new ZipArchive(guard, ZipArchiveMode.Read, leaveOpen: true);
        long packed = 0;
        IReadOnlyCollection<ZipArchiveEntry> entries = archive.Entries;
        guard.Rest();
        foreach (ZipArchiveEntry entry in entries)
        {
            // Entries that share their packed bytes are how a small file comes to unpack to petabytes.
            packed += entry.CompressedLength;
            if (packed > file.Length)
            {
                throw new DeploymentException($"The package is damaged: its entry '{Releases.Naming.Printable(entry.FullName)}' and those before it have more bytes than the file.");
            }

            if (entry.IsEncrypted)
            {
                throw new DeploymentException($"The package's entry '{Releases.Naming.Printable(entry.FullName)}' is encrypted. Pack it without a password.");
            }

            int mode = entry.ExternalAttributes >>> 16;
            yield return new PackageEntry(entry.FullName, KindOf(entry, mode), (mode & AnyExecute) != 0, entry.Open) { Length = entry.Length, Crc32 = entry.Crc32 };
        }
    }

    private static EntryKind KindOf(ZipArchiveEntry entry, int mode) => (mode & TypeMask) switch
    {
        0 => entry.FullName.EndsWith('/') ? EntryKind.Folder : EntryKind.File,
        RegularFile => EntryKind.File,
        Folder => EntryKind.Folder,
        Link => EntryKind.Link,
        _ => EntryKind.Special,
    };
}
