using System.Runtime.InteropServices;

namespace Deployment.Commands;

/// <summary>The calls of the C library that starting and ending process groups takes.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    internal const int NotFound = 2;
    internal const int NoSuchProcess = 3;
    internal const int Interrupted = 4;
    internal const int TooBig = 7;
    internal const int NoExecutableFormat = 8;
    internal const int NoChild = 10;
    internal const int AccessDenied = 13;
    internal const int TextFileBusy = 26;

    internal const int Hangup = 1;
    internal const int Kill = 9;
    internal const int Terminate = 15;

    internal const int MayExecute = 1;
    internal const int WaitForOneProcess = 1;
    internal const int Exited = 4;
    internal const int NoHang = 1;
    internal const short SetSignalDefaults = 0x04;
    internal const short SetSignalMask = 0x08;
    internal const int ReadOnly = 0;
    internal const int WriteOnly = 1;

    /// <summary>SIGCONT.</summary>
    internal static int Continue => OperatingSystem.IsLinux() ? 18 : 19;

    /// <summary>WNOWAIT.</summary>
    internal static int KeepWaitable => OperatingSystem.IsLinux() ? 0x0100_0000 : 0x20;

    /// <summary>POSIX_SPAWN_SETSID.</summary>
    internal static short SetSession => OperatingSystem.IsLinux() ? (short)0x80 : (short)0x0400;

    /// <summary>POSIX_SPAWN_CLOEXEC_DEFAULT, which only macOS has.</summary>
    internal static short CloseOthers => OperatingSystem.IsMacOS() ? (short)0x4000 : (short)0;

    /// <summary>O_APPEND with O_CREAT.</summary>
    internal static int AppendOrCreate => OperatingSystem.IsLinux() ? 0x400 | 0x40 : 0x8 | 0x200;

    [LibraryImport(Library, EntryPoint = "posix_spawn")]
    internal static partial int Spawn(int* processId, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    internal static partial int AttributesInit(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    internal static partial int AttributesDestroy(void* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int AttributesSetFlags(void* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int AttributesSetSignalDefaults(void* attributes, void* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    internal static partial int AttributesSetSignalMask(void* attributes, void* signals);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    internal static partial int SignalsNone(void* signals);

    [LibraryImport(Library, EntryPoint = "sigfillset")]
    internal static partial int SignalsAll(void* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int ActionsInit(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int ActionsDestroy(void* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ActionsOpen(void* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    internal static partial int ActionsDuplicate(void* actions, int descriptor, int onto);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ActionsChangeFolder(void* actions, string path);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    internal static partial int ActionsCloseFrom(void* actions, int descriptor);

    [LibraryImport(Library, EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Access(string path, int mode);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    internal static partial int SendSignal(int processId, int signal);

    [LibraryImport(Library, EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitId(int kind, uint processId, void* information, int options);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int WaitPid(int processId, int* status, int options);
}
