namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>Somebody else has changed a function between two calls.</summary>
internal sealed class LostRaceException(string message) : DeploymentException(message);
