using System.Runtime.InteropServices;

namespace Deployment.Commands;

/// <summary>
/// The processes of a session, found and ended by its leader's id and start time, whether or not the leader is still there.
/// </summary>
/// <remarks>
/// The kernel gives no new process an id that still names a session or group with members. So where the leader's id now belongs to
/// a process that started at another time, nothing of the session is left, and the newcomer is left alone.
/// </remarks>
internal sealed class ProcessSession(int leader, long startTime)
{
    private static readonly TimeSpan _firstPoll = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan _longestPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _killTime = TimeSpan.FromSeconds(30);

    /// <summary>Whether anything of it still runs.</summary>
    internal bool IsEmpty => Groups().Count == 0;

    /// <summary>Sends a signal to every group of the session. Groups that are gone by then are fine.</summary>
    internal void Signal(int signal)
    {
        foreach (int group in Groups())
        {
            SignalGroup(group, signal);
        }
    }

    /// <summary>Sends a signal to a group; false when there is none.</summary>
    internal static bool SignalGroup(int group, int signal)
    {
        if (Libc.SendSignal(-group, signal) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == Libc.NoSuchProcess
            ? false
            : throw new CommandNotEndedException($"Signal {signal} can't be sent to the process group {group}: {Marshal.GetPInvokeErrorMessage(error)}. End it as the user that it runs as.");
    }

    /// <summary>Asks the session to end, kills it after the grace, and returns when nothing of it runs.</summary>
    internal async Task EndAsync(TimeSpan grace, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (grace > TimeSpan.Zero)
        {
            Signal(Libc.Terminate);
            // A stopped process takes no notice of anything but SIGKILL until it goes on.
            Signal(Libc.Continue);
            if (await IsEmptyWithinAsync(grace, null, timeProvider, cancellationToken))
            {
                return;
            }
        }

        if (!await IsEmptyWithinAsync(_killTime, Libc.Kill, timeProvider, cancellationToken))
        {
            throw new CommandNotEndedException($"The process group {leader} is still there {_killTime.TotalSeconds} s after it was killed: the system doesn't let go of it (state D in `ps`). End it by hand before going on.");
        }
    }

    private async Task<bool> IsEmptyWithinAsync(TimeSpan time, int? signal, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        long begin = timeProvider.GetTimestamp();
        TimeSpan pause = _firstPoll;
        while (true)
        {
            if (signal is { } again)
            {
                // Again at each look: what was being forked during the last one got none.
                Signal(again);
            }

            if (IsEmpty)
            {
                return true;
            }

            if (timeProvider.GetElapsedTime(begin) >= time)
            {
                return false;
            }

            await Task.Delay(pause, timeProvider, cancellationToken);
            pause = pause * 2 < _longestPoll ? pause * 2 : _longestPoll;
        }
    }

    private List<int> Groups()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Libc.SendSignal(-leader, 0) == 0 ? [leader] : [];
        }

        return ProcessStat.Read(leader) is { } present && present.StartTime != startTime
            ? []
            : [.. ProcessStat.All().Where(IsMember).Select(stat => stat.Group).Distinct()];
    }

    private bool IsMember(ProcessStat stat) => stat.Session == leader && stat.StartTime >= startTime && !stat.IsGone;
}
