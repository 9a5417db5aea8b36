using System.Text;
using Deployment.Releases;
using ICSharpCode.SharpZipLib.Zip;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace Deployment.Providers.Aws.Lambda.Code;

/// <summary>
/// Makes a zip of a folder that depends on nothing but its content: names in one order, one time, one of two modes, one level of compression. The framework's own
/// compression is another library on each system and in each of its versions, and its zips name the system that made them; here both are the same everywhere.
/// </summary>
internal static class FolderZip
{
    private const int Regular = 0b1000_000_110_100_100;     // -rw-r--r--
    private const int Executable = 0b1000_000_111_101_101;  // -rwxr-xr-x
    private const int Link = 0b1010_000_111_111_111;        // lrwxrwxrwx
    private const int ModeShift = 16;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // The first that a zip can tell; it has no zone.
    private static readonly DateTime _time = new(1980, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>Writes it.</summary>
    /// <exception cref="DeploymentException">Something in the folder can't be code, or it is too large.</exception>
    public static async Task WriteAsync(string folder, Stream target, CancellationToken cancellationToken)
    {
        List<FolderEntry> entries = Read(folder);
        if (entries.Count == 0)
        {
            throw new DeploymentException($"The folder {Naming.Printable(folder)} is empty, and a function needs code.");
        }

        await using var zip = new ZipOutputStream(target) { IsStreamOwner = false, UseZip64 = UseZip64.Off };
        zip.SetLevel(Deflater.BEST_COMPRESSION);
        long unzipped = 0;
        foreach (FolderEntry found in entries)
        {
            await using Stream source = SourceOf(found);
            unzipped = CodeLimits.Unzipped(folder, unzipped + source.Length);
            zip.PutNextEntry(new ZipEntry(found.Name) { DateTime = _time, HostSystem = (int)HostSystemID.Unix, ExternalFileAttributes = ModeOf(found) << ModeShift, IsUnicodeText = true });
            await source.CopyToAsync(zip, cancellationToken);
            zip.CloseEntry();
        }

        zip.Finish();
    }

    // What has no length isn't opened: .NET doesn't tell a pipe from a file, and would wait for ever for somebody to write into it.
    private static Stream SourceOf(FolderEntry entry) => entry.LinkTarget is { } link ? new MemoryStream(Encoding.UTF8.GetBytes(link))
        : new FileInfo(entry.Path).Length == 0 ? Stream.Null
        : File.OpenRead(entry.Path);

    private static int ModeOf(FolderEntry entry) => entry.LinkTarget is not null ? Link
        : !OperatingSystem.IsWindows() && (File.GetUnixFileMode(entry.Path) & AnyExecute) != 0 ? Executable
        : Regular;

    private static List<FolderEntry> Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DeploymentException($"There is no folder {Naming.Printable(folder)}.");
        }

        List<FolderEntry> entries = [];
        Read(folder, new DirectoryInfo(folder), entries);
        var links = new CodeLinks();
        foreach (FolderEntry entry in entries.Where(entry => entry.LinkTarget is not null))
        {
            links.Add(entry.Name, entry.LinkTarget!);
        }

        if (links.Problem() is { } problem)
        {
            throw new DeploymentException($"{Naming.Printable(folder)} can't be a function's code: {problem}");
        }

        entries.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        return entries;
    }

    private static void Read(string root, DirectoryInfo folder, List<FolderEntry> entries)
    {
        foreach (FileSystemInfo found in folder.EnumerateFileSystemInfos())
        {
            string name = Path.GetRelativePath(root, found.FullName).Replace(Path.DirectorySeparatorChar, '/');
            if (CodeLimits.ProblemOf(name) is { } problem)
            {
                throw new DeploymentException($"{Naming.Printable(root)} can't be a function's code: {problem}");
            }

            if (found.LinkTarget is { } link)
            {
                entries.Add(new FolderEntry(name, found.FullName, link.Replace(Path.DirectorySeparatorChar, '/')));
            }
            else if (found is DirectoryInfo inner)
            {
                Read(root, inner, entries);
            }
            else
            {
                entries.Add(new FolderEntry(name, found.FullName, null));
            }
        }
    }
}
