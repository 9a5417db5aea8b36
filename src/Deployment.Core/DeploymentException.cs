namespace Deployment;

/// <summary>
/// What every expected failure of this library derives from. The message names what was wrong, where, and what to do.
/// </summary>
public class DeploymentException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DeploymentException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public DeploymentException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
