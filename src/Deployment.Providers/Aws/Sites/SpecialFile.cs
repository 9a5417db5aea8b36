using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Tells pipes, sockets and devices from empty files, which they look like: opening one as a file may never return.</summary>
internal static partial class SpecialFile
{
    // O_NONBLOCK | O_CLOEXEC, reading.
    private const int Linux = 0x800 | 0x80000;
    private const int Mac = 0x4 | 0x1000000;

    public static bool Is(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        using var handle = new SafeFileHandle(Open(path, OperatingSystem.IsMacOS() ? Mac : Linux), ownsHandle: true);
        if (handle.IsInvalid)
        {
            // A socket can't be opened (ENXIO). What can't be for another reason is told when it is read.
            const int NoSuchDevice = 6;
            return Marshal.GetLastPInvokeError() == NoSuchDevice;
        }

        using var stream = new FileStream(handle, FileAccess.Read, 0);
        return !stream.CanSeek || stream.ReadByte() >= 0;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
