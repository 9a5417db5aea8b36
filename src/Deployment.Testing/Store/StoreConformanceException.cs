namespace Deployment.Testing;

/// <summary>A store doesn't keep a promise of <see cref="Deployment.Store.IDeploymentStore"/>.</summary>
public sealed class StoreConformanceException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which promise, and what was seen instead.</param>
    public StoreConformanceException(string message)
        : base(message)
    {
    }
}
