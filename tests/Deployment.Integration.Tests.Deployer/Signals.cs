using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Deployment.Integration.Tests.Deployer;

/// <summary>Real signals to real processes.</summary>
public static partial class Signals
{
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>Ends this process as the kernel does it: nothing more runs, nothing is cleaned up.</summary>
    public static void KillSelf()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>
    /// Stops every thread of this process until another one lets it go on. By raise(3), which is delivered to the calling thread before
    /// it returns: kill(2) may pick another thread, and this one would run on for a moment.
    /// </summary>
    public static void StopSelf()
    {
        if (Raise(Stop) != 0)
        {
            throw new InvalidOperationException($"The process could not stop itself: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    /// <summary>Lets a stopped process go on.</summary>
    public static void ContinueOther(int processId) => Send(processId, Continue);

    private static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {processId}: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "raise", SetLastError = true)]
    private static partial int Raise(int signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
