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

    [LoggerMessage(15, LogLevel.Error, "{Name} is in a crash loop: it ended {Times} times in a row soon after its start, the last time with exit code {ExitCode}. It goes on being started; see its log.")]
    public static partial void CrashLooping(ILogger logger, string name, int times, int? exitCode);

    [LoggerMessage(16, LogLevel.Warning, "{Name} (process {ProcessId}) {Why} It is ended and started again.")]
    public static partial void Sick(ILogger logger, string name, int processId, string why);

    [LoggerMessage(17, LogLevel.Error, "{Name} (process {ProcessId}) can't be asked how it is, or not be ended.")]
    public static partial void CannotEnd(ILogger logger, string name, int processId, Exception error);

    [LoggerMessage(18, LogLevel.Error, "What became of {Name} can't be written down; it is kept all the same.")]
    public static partial void CannotNote(ILogger logger, string name, Exception error);

    [LoggerMessage(19, LogLevel.Warning, "{Name} is given port {Port}: something else took port {Taken} while it was down.")]
    public static partial void Moved(ILogger logger, string name, int port, int taken);

    [LoggerMessage(23, LogLevel.Error, "The log {Path} can't be rotated now; it grows on, and is tried again.")]
    public static partial void CannotRotate(ILogger logger, string path, Exception error);
}
