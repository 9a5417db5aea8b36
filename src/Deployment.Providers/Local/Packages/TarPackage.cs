using System.Formats.Tar;
using System.IO.Compression;

namespace Deployment.Providers.Local.Packages;

/// <summary>Reads a tar that was packed with gzip.</summary>
internal static class TarPackage
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static IEnumerable<PackageEntry> Entries(Stream file)
    {
        using var unpacked = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        using var reader = new TarReader(unpacked);
        while (reader.GetNextEntry() is { } entry)
        {
            // `tar -C FOLDER .` names everything so.
            string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes || (entry.EntryType == TarEntryType.Directory && name.Length == 0))
            {
                continue;
            }

            Stream content = entry.DataStream ?? Stream.Null;
            yield return new PackageEntry(name, KindOf(entry), (entry.Mode & AnyExecute) != 0, () => content) { Length = entry.Length };
        }
    }

    private static EntryKind KindOf(TarEntry entry) => entry.EntryType switch
    {
        TarEntryType.RegularFile or TarEntryType.V7RegularFile => EntryKind.File,
        TarEntryType.Directory => EntryKind.Folder,
        TarEntryType.SymbolicLink or TarEntryType.HardLink => EntryKind.Link,
        _ => EntryKind.Special,
    };
}
