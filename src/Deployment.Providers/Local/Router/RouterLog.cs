using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

internal static partial class RouterLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {Address} port {Port} with table {Generation}.")]
    public static partial void Listening(ILogger logger, string address, int port, long generation);

    [LoggerMessage(2, LogLevel.Error, "Can't listen on {Address} port {Port}.")]
    public static partial void CannotListen(ILogger logger, string address, int port, Exception error);

    [LoggerMessage(3, LogLevel.Information, "Serving the certificate {File}, which expires {NotAfter:u}.")]
    public static partial void CertificateLoaded(ILogger logger, string file, DateTime notAfter);

    [LoggerMessage(4, LogLevel.Error, "The certificate before stays in use. {Problem}")]
    public static partial void CertificateKept(ILogger logger, string problem);

    [LoggerMessage(5, LogLevel.Warning, "{Hint}")]
    public static partial void CertificateHint(ILogger logger, string hint);

    [LoggerMessage(6, LogLevel.Warning, "Cut {Count} web sockets of {Revision}: it has no share any more, and their grace is over.")]
    public static partial void WebSocketsCut(ILogger logger, int count, string revision);

    [LoggerMessage(7, LogLevel.Information, "Following other settings from the next connection on.")]
    public static partial void SettingsApplied(ILogger logger);

    [LoggerMessage(8, LogLevel.Error, "Can't serve. {Problem}")]
    public static partial void CannotServe(ILogger logger, string problem);
}
