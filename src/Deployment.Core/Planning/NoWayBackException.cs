namespace Deployment.Planning;

/// <summary>Going back from a deployment is over for good: trying again later would find the same.</summary>
internal sealed class NoWayBackException(string message) : DeploymentException(message);
