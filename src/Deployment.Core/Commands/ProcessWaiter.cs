using System.Runtime.InteropServices;

namespace Deployment.Commands;

/// <summary>
/// Waits for one child on a thread of its own and reaps it. .NET's handling of SIGCHLD reaps the children that it started itself
/// and no others, so the two don't meet.
/// </summary>
internal sealed unsafe class ProcessWaiter
{
    private const int InformationSize = 256;
    private readonly Lock _reaping = new();
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _processId;
    private bool _reaped;

    internal ProcessWaiter(int processId)
    {
        _processId = processId;
        new Thread(Wait, maxStackSize: 256 * 1024) { IsBackground = true, Name = "waits for a process" }.Start();
    }

    /// <summary>The exit code; 128 plus the signal's number when a signal ended it.</summary>
    internal Task<int> Exit => _exit.Task;

    /// <summary>
    /// Does something while the process id is certain to be the child's: it is not reaped meanwhile. False when it already is.
    /// </summary>
    internal bool WhileUnreaped(Action action)
    {
        lock (_reaping)
        {
            if (!_reaped)
            {
                action();
            }

            return !_reaped;
        }
    }

    private void Wait()
    {
        byte* information = stackalloc byte[InformationSize];
        int error;
        do
        {
            error = Libc.WaitId(Libc.WaitForOneProcess, (uint)_processId, information, Libc.Exited | Libc.KeepWaitable) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (error == Libc.Interrupted);

        int status = 0;
        lock (_reaping)
        {
            if (Libc.WaitPid(_processId, &status, Libc.NoHang) != _processId)
            {
                error = Marshal.GetLastPInvokeError();
            }

            _reaped = true;
        }

        if (error == 0)
        {
            _exit.SetResult(ExitCode(status));
        }
        else
        {
            _exit.SetException(new DeploymentException(
                $"How process {_processId} ended is not known: {Marshal.GetPInvokeErrorMessage(error)}. Start this process without SIGCHLD being ignored, and let nothing in it wait for all children."));
        }
    }

    private static int ExitCode(int status)
    {
        int signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }
}
