using System.Runtime.InteropServices;
using Deployment.Providers.Local.Hosting;

namespace Deployment.Providers.Local.Packages;

/// <summary>Reads a folder as a package.</summary>
internal static class FolderPackage
{
    private const int CurrentFolder = -100;
    private const int DontFollow = 0x100;
    private const uint TypeAndMode = 3;
    private const int AnswerSize = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int AnyExecute = 0b001_001_001;

    public static IEnumerable<PackageEntry> Entries(string folder)
    {
        var open = new Stack<string>([folder]);
        while (open.TryPop(out string? next))
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(next).Order(StringComparer.Ordinal))
            {
                string name = Path.GetRelativePath(folder, path);
                int mode = ModeOf(path);
                EntryKind kind = KindOf(mode);
                yield return new PackageEntry(name, kind, (mode & AnyExecute) != 0, () => File.OpenRead(path));
                if (kind == EntryKind.Folder)
                {
                    open.Push(path);
                }
            }
        }
    }

    private static EntryKind KindOf(int mode) => (mode & TypeMask) switch
    {
        0x8000 => EntryKind.File,
        0x4000 => EntryKind.Folder,
        0xA000 => EntryKind.Link,
        _ => EntryKind.Special,
    };

    // .NET doesn't tell a pipe from a file, and would wait for ever for somebody to write into it.
    private static unsafe int ModeOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            var information = new FileInfo(path);
            return information.LinkTarget is not null ? 0xA000 : Directory.Exists(path) ? 0x4000 : 0x8000 | (int)(OperatingSystem.IsWindows() ? 0 : information.UnixFileMode);
        }

        byte* answer = stackalloc byte[AnswerSize];
        return Libc.Status(CurrentFolder, path, DontFollow, TypeAndMode, answer) == 0
            ? *(ushort*)(answer + ModeOffset)
            : throw new IOException($"'{path}' can't be looked at: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
    }
}
