using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Store.Files;

/// <summary>The system calls that the framework lacks or softens (it takes a file that can't be looked at for a missing one, and some failed flushes for good ones).</summary>
internal static partial class LibC
{
    internal const int NotPermitted = 1;
    internal const int NoEntry = 2;
    internal const int Interrupted = 4;
    internal const int NoAccess = 13;
    internal const int NotADirectory = 20;
    internal const int AlreadyExists = 17;
    internal const int NoSpace = 28;
    internal const int ReadOnlyFileSystem = 30;
    private const int NotSupportedByMacDevice = 45;
    private const int Inappropriate = 25;
    private const int Invalid = 22;
    private const int FullFlush = 51;

    /// <summary>The quota is used up. The number differs between the systems.</summary>
    internal static int QuotaExceeded => OperatingSystem.IsMacOS() ? 69 : 122;

    internal static SafeFileHandle OpenFolder(string path)
    {
        int closeOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;
        int descriptor = Open(path, closeOnExec);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure("open", path);
    }

    internal static void Flush(SafeFileHandle handle, string path)
    {
        int result;
        do
        {
            // fsync of macOS leaves the bytes in the drive's cache; F_FULLFSYNC doesn't, where the file system has it.
            result = OperatingSystem.IsMacOS() ? Control(handle, FullFlush) : FileSync(handle);
            if (result < 0 && OperatingSystem.IsMacOS() && Marshal.GetLastPInvokeError() is NotSupportedByMacDevice or Inappropriate or Invalid)
            {
                result = FileSync(handle);
            }
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        if (result < 0)
        {
            throw Failure("flush", path);
        }
    }

    internal static bool TryLink(string path, string newPath)
    {
        if (Link(path, newPath) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == AlreadyExists ? false : throw Failure("link", newPath);
    }

    internal static void RenameOver(string path, string newPath)
    {
        if (Rename(path, newPath) != 0)
        {
            throw Failure("rename", newPath);
        }
    }

    internal static bool Exists(string path)
    {
        if (Access(path, 0) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is NoEntry or NotADirectory ? false : throw Failure("look for", path);
    }

    private static IOException Failure(string what, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"Could not {what} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FileSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string newPath);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string path, string newPath);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
