using System.Collections;
using System.Runtime.InteropServices;
using Deployment.Releases;

namespace Deployment.Commands;

/// <summary>Starts a program as the leader of a session of its own, so that it can be ended with all that it starts, and by nobody's Ctrl-C.</summary>
internal static unsafe class ProcessSpawner
{
    // The C library's structures are opaque; the largest known is 336 bytes.
    private const int OpaqueSize = 1024;
    private const int BusyAttempts = 60;

    /// <summary>The process's id. The descriptors become its standard streams; null where the stream isn't a pipe.</summary>
    internal static int Spawn(ProcessStart start, SafeHandle?[] pipes)
    {
        string folder = Folder(start);
        IReadOnlyDictionary<string, string> environment = EnvironmentOf(start);
        string file = ProgramLookup.Find(start.Program, folder, environment.GetValueOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin"));
        string shown = Naming.Printable(start.Program);
        using var path = new NativeStrings("The program's path", [file]);
        using var arguments = new NativeStrings($"An argument of '{shown}'", [start.Program, .. start.Arguments]);
        using var variables = new NativeStrings($"A variable in the environment of '{shown}'", [.. environment.Select(variable => variable.Key + "=" + variable.Value)]);

        byte* attributes = stackalloc byte[OpaqueSize];
        byte* actions = stackalloc byte[OpaqueSize];
        Ensure(Libc.AttributesInit(attributes), shown);
        Ensure(Libc.ActionsInit(actions), shown);
        try
        {
            Isolate(attributes, shown);
            Ensure(Libc.ActionsChangeFolder(actions, folder), shown);
            Connect(actions, 0, start.StandardInput, pipes[0], shown);
            Connect(actions, 1, start.StandardOutput, pipes[1], shown);
            Connect(actions, 2, start.StandardError, pipes[2], shown);
            CloseOthers(actions, shown);
            int processId;
            int error;
            var pause = default(SpinWait);
            do
            {
                error = Libc.Spawn(&processId, path.Pointer[0], actions, attributes, arguments.Pointer, variables.Pointer);
                // Another thread's child has a copy of every descriptor until it runs its program. So a file that was written and
                // closed here can still count as open for a moment.
                pause.SpinOnce();
            }
            while (error == Libc.TextFileBusy && pause.Count < BusyAttempts);

            return error == 0 ? processId : throw Failure(shown, file, folder, error);
        }
        finally
        {
            _ = Libc.ActionsDestroy(actions);
            _ = Libc.AttributesDestroy(attributes);
        }
    }

    // .NET ignores SIGPIPE and blocks some signals in some threads; a program expects neither.
    private static void Isolate(byte* attributes, string shown)
    {
        byte* signals = stackalloc byte[OpaqueSize];
        Ensure(Libc.SignalsNone(signals), shown);
        Ensure(Libc.AttributesSetSignalMask(attributes, signals), shown);
        Ensure(Libc.SignalsAll(signals), shown);
        Ensure(Libc.AttributesSetSignalDefaults(attributes, signals), shown);
        Ensure(Libc.AttributesSetFlags(attributes, (short)(Libc.SetSession | Libc.CloseOthers | Libc.SetSignalDefaults | Libc.SetSignalMask)), shown);
    }

    private static void Connect(byte* actions, int descriptor, ProcessStream stream, SafeHandle? pipe, string shown)
    {
        if (pipe is not null)
        {
            Ensure(Libc.ActionsDuplicate(actions, (int)pipe.DangerousGetHandle(), descriptor), shown);
        }
        else if (stream.File is { } file)
        {
            Ensure(Libc.ActionsOpen(actions, descriptor, file, Libc.WriteOnly | Libc.AppendOrCreate, 0b110_000_000), shown);
        }
        else
        {
            Ensure(Libc.ActionsOpen(actions, descriptor, "/dev/null", descriptor == 0 ? Libc.ReadOnly : Libc.WriteOnly, 0), shown);
        }
    }

    // What .NET opens is closed by itself. What this process inherited, or native code opened, is not: a server that keeps
    // the pipe of whoever called the deployer would make that caller wait for as long as the server lives.
    private static void CloseOthers(byte* actions, string shown)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            Ensure(Libc.ActionsCloseFrom(actions, 3), shown);
        }
        catch (EntryPointNotFoundException)
        {
            // glibc before 2.34 and musl lack it; nothing that this library opens depends on it.
        }
    }

    private static string Folder(ProcessStart start)
    {
        string folder = Path.GetFullPath(start.WorkingFolder ?? Environment.CurrentDirectory);
        return Directory.Exists(folder)
            ? folder
            : throw new DeploymentException($"The working folder {PathText.Of(folder)} of '{Naming.Printable(start.Program)}' doesn't exist. Make it, or give another one.");
    }

    private static SortedDictionary<string, string> EnvironmentOf(ProcessStart start)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (start.InheritEnvironment)
        {
            foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            {
                environment[(string)variable.Key] = (string?)variable.Value ?? "";
            }
        }

        foreach ((string name, string value) in start.Environment)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal))
            {
                throw new DeploymentException($"'{Naming.Printable(name)}' can't name an environment variable of '{Naming.Printable(start.Program)}': it is empty or has '=' in it.");
            }

            environment[name] = value;
        }

        return environment;
    }

    private static void Ensure(int error, string shown)
    {
        if (error != 0)
        {
            throw new DeploymentException($"'{shown}' can't be prepared to start: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
        }
    }

    private static DeploymentException Failure(string shown, string file, string folder, int error) => new(
        $"The program '{shown}' ({PathText.Of(file)}) could not be started in {PathText.Of(folder)}: " + error switch
        {
            Libc.NotFound => "the interpreter or loader that it names doesn't exist. Install it, or mend the program's first line.",
            Libc.AccessDenied => "it, its interpreter or the folder may not be used by this user. Mend the permissions.",
            Libc.NoExecutableFormat => "it isn't a program for this machine. A script needs a first line such as '#!/bin/sh'.",
            Libc.TooBig => "its arguments and environment are larger than the system allows. Pass the data in a file or by standard input.",
            Libc.TextFileBusy => "the file is still open for writing. Try again once it is written.",
            _ => $"{Marshal.GetPInvokeErrorMessage(error)} (error {error}).",
        });
}
