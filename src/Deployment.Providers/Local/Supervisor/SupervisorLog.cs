using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Supervisor;

internal static partial class SupervisorLog
{
    [LoggerMessage(20, LogLevel.Information, "Supervisor {ProcessId} looks after {Folder}.")]
    public static partial void Running(ILogger logger, int processId, string folder);

    [LoggerMessage(21, LogLevel.Information, "Supervisor {ProcessId} ends; what it started {Fate}.")]
    public static partial void Ending(ILogger logger, int processId, string fate);

    [LoggerMessage(22, LogLevel.Warning, "The installation of {Revision} on {Target} was broken off; what is left of it is removed.")]
    public static partial void BrokenOff(ILogger logger, string revision, string target);

    [LoggerMessage(23, LogLevel.Warning, "The drain of {Revision} on {Target} ran out of time: {Requests} requests in flight are {Fate}.")]
    public static partial void Overdue(ILogger logger, string revision, string target, long requests, string fate);

    [LoggerMessage(24, LogLevel.Warning, "The router of port {Port} is of another version or has other settings and could not be replaced; it goes on.")]
    public static partial void NotRenewed(ILogger logger, int port, Exception error);

    [LoggerMessage(33, LogLevel.Warning, "The router of port {Port} before the present one, process {ProcessId}, does not retire and can't be ended: connections may still come to it.")]
    public static partial void NotRetired(ILogger logger, int port, int processId, Exception error);

    [LoggerMessage(25, LogLevel.Warning, "{Old} is on duty on {Target} again: the switch to {New} failed.")]
    public static partial void BackOnDuty(ILogger logger, string old, string target, string @new);

    [LoggerMessage(26, LogLevel.Information, "{Problem}")]
    public static partial void NoLimits(ILogger logger, string problem);

    [LoggerMessage(27, LogLevel.Warning, "What earlier versions left in {Folder} can't be removed now.")]
    public static partial void CannotClean(ILogger logger, string folder, Exception error);

    [LoggerMessage(29, LogLevel.Warning, "The router of port {Port} before the present one, process {ProcessId}, does not answer and is ended.")]
    public static partial void DoesNotRetire(ILogger logger, int port, int processId);

    [LoggerMessage(30, LogLevel.Warning, "The retiring router of port {Port}, process {ProcessId}, refuses a table; it finishes what it has as it is.")]
    public static partial void RetiringRefuses(ILogger logger, int port, int processId, Exception error);

    [LoggerMessage(31, LogLevel.Error, "Whether {Name} is well can't be told now; it is asked again.")]
    public static partial void CannotAsk(ILogger logger, string name, Exception error);

    [LoggerMessage(32, LogLevel.Error, "After a replacement of instances of {Target} that failed, its router can't be told what is left in the slots; it is with the next switch.")]
    public static partial void SlotsNotTold(ILogger logger, string target, Exception error);

    [LoggerMessage(28, LogLevel.Error, "The router of port {Port} ended {Times} times in a row before it served; connections are refused until one does. See its log.")]
    public static partial void NotHeld(ILogger logger, int port, int times);
}
