using Microsoft.Extensions.Logging;

namespace Deployment.Providers.Local.Router;

internal static partial class RouterLog
{
    [LoggerMessage(1, LogLevel.Information, "Listening on {Address} port {Port} with table {Generation}.")]
    public static partial void Listening(ILogger logger, string address, int port, long generation);

    [LoggerMessage(2, LogLevel.Error, "Can't listen on {Address} port {Port}.")]
    public static partial void CannotListen(ILogger logger, string address, int port, Exception error);
}
