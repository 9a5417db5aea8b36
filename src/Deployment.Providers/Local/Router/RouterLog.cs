using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

internal static partial class RouterLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {Address} port {Port} for {Targets}.")]
    public static partial void Listening(ILogger logger, string address, int port, string targets);

    [LoggerMessage(2, LogLevel.Error, "Can't listen on {Address} port {Port}.")]
    public static partial void CannotListen(ILogger logger, string address, int port, Exception error);

    [LoggerMessage(3, LogLevel.Information, "{Target} follows table {Generation} of epoch {Epoch}: {Split}.")]
    public static partial void Switched(ILogger logger, string target, long generation, long epoch, string split);

    [LoggerMessage(4, LogLevel.Warning, "The drain of {Revision} on {Target} ran out of time: {Requests} requests in flight are {Fate}.")]
    public static partial void Overdue(ILogger logger, string revision, string target, long requests, string fate);

    [LoggerMessage(5, LogLevel.Warning, "The instance on port {Port} of {Target} leaves the rotation: {Failures} probes in a row failed.")]
    public static partial void Unhealthy(ILogger logger, int port, string target, int failures);

    [LoggerMessage(6, LogLevel.Information, "The instance on port {Port} of {Target} is back in the rotation.")]
    public static partial void Healthy(ILogger logger, int port, string target);

    [LoggerMessage(7, LogLevel.Information, "The listening sockets of port {Port} were handed to another router.")]
    public static partial void HandedOver(ILogger logger, int port);

    [LoggerMessage(8, LogLevel.Information, "Another router serves port {Port}; this one finishes what it has and ends.")]
    public static partial void Retires(ILogger logger, int port);

    [LoggerMessage(9, LogLevel.Information, "Serving the certificate {File}, which expires {NotAfter:u}.")]
    public static partial void CertificateLoaded(ILogger logger, string file, DateTime notAfter);

    [LoggerMessage(10, LogLevel.Error, "The certificate before stays in use. {Problem}")]
    public static partial void CertificateKept(ILogger logger, string problem);

    [LoggerMessage(11, LogLevel.Warning, "{Hint}")]
    public static partial void CertificateHint(ILogger logger, string hint);

    [LoggerMessage(12, LogLevel.Warning, "Cut {Count} web sockets of {Revision}: it has no share any more, and their grace is over.")]
    public static partial void WebSocketsCut(ILogger logger, int count, string revision);

    [LoggerMessage(13, LogLevel.Information, "Following other settings from the next connection on.")]
    public static partial void SettingsApplied(ILogger logger);

    [LoggerMessage(14, LogLevel.Error, "Can't serve. {Problem}")]
    public static partial void CannotServe(ILogger logger, string problem);

    [LoggerMessage(15, LogLevel.Warning, "Can't listen on the preview port {Port} of {Address}, and serves without it.")]
    public static partial void CannotPreview(ILogger logger, string address, int port, Exception error);
}
