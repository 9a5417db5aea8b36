using System.Runtime.InteropServices;

namespace Deployment.Providers.Local.Hosting;

/// <summary>The calls of the C library that .NET has no name for.</summary>
internal static partial class Libc
{
    public const int CollapseRange = 8;
    private const int WriteOnly = 1;

    /// <summary>O_APPEND, O_CREAT and O_CLOEXEC.</summary>
    public static int AppendFlags => WriteOnly | (OperatingSystem.IsMacOS() ? 0x8 | 0x200 | 0x1000000 : 0x400 | 0x40 | 0x80000);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    public static partial int FlushFileSystem(SafeHandle folder);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int Status(int folder, string path, int flags, uint mask, byte* answer);
}
