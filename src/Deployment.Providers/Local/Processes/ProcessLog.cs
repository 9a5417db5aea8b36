using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Processes;

internal static partial class ProcessLog
{
    [LoggerMessage(10, LogLevel.Warning, "{Name} (process {ProcessId}) ended with exit code {ExitCode}; it is started again in {Seconds} s.")]
    public static partial void Ended(ILogger logger, string name, int processId, int? exitCode, double seconds);

    [LoggerMessage(11, LogLevel.Error, "{Name} can't be started; the next attempt is in {Seconds} s.")]
    public static partial void CannotStart(ILogger logger, string name, double seconds, Exception error);

    [LoggerMessage(12, LogLevel.Information, "{Name} runs as process {ProcessId}.")]
    public static partial void Started(ILogger logger, string name, int processId);

    [LoggerMessage(13, LogLevel.Information, "{Name} runs as process {ProcessId} since before; it is adopted.")]
    public static partial void Adopted(ILogger logger, string name, int processId);

    [LoggerMessage(14, LogLevel.Warning, "Process {ProcessId} was started and never written down; it is ended.")]
    public static partial void Stray(ILogger logger, int processId);
}
