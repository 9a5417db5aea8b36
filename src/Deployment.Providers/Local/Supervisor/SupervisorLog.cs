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
}
