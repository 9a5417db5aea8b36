namespace Deployment.Commands;

/// <summary>A command could not be ended: what it does may still take effect.</summary>
internal sealed class CommandNotEndedException(string message) : DeploymentException(message)
{
    /// <summary>Whether this is what lies behind an error.</summary>
    internal static bool IsBehind(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is CommandNotEndedException || (cause is AggregateException several && several.InnerExceptions.Any(IsBehind)))
            {
                return true;
            }
        }

        return false;
    }
}
