using System.Formats.Tar;
using System.IO.Compression;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Packages;

/// <summary>Reads a tar that was packed with gzip.</summary>
internal static class TarPackage
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static IEnumerable<PackageEntry> Entries(Stream file, PackageSource package, Budget budget, CancellationToken cancellationToken)
    {
        using var unpacked = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        using var guard = new HeaderGuard(unpacked, package);
        using var reader = new TarReader(guard);
        while (Next(reader, guard) is { } entry)
        {
            // `tar -C FOLDER .` names everything so.
            string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes || (entry.EntryType == TarEntryType.Directory && name.Length == 0))
            {
                // Nothing is made of it, and it counts all the same: there may be millions.
                cancellationToken.ThrowIfCancellationRequested();
                budget.Enter();
                continue;
            }

            Stream content = entry.DataStream ?? Stream.Null;
            yield return new PackageEntry(name, KindOf(entry), (entry.Mode & AnyExecute) != 0, () => content) { Length = entry.Length };
        }
    }

    private static TarEntry? Next(TarReader reader, HeaderGuard guard)
    {
        guard.Watch();
        TarEntry? entry = reader.GetNextEntry();
        guard.Rest();
        return entry;
    }

    private static EntryKind KindOf(TarEntry entry) => entry.EntryType switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile => EntryKind.File,
        TarEntryType.Directory => EntryKind.Folder,
        TarEntryType.SymbolicLink or TarEntryType.HardLink => EntryKind.Link,
        _ => EntryKind.Special,
    };
}
