namespace Deployment.Secrets;

/// <summary>Gives the secrets that a plan names, while a run executes.</summary>
public interface ISecretStore
{
    /// <summary>The secret of that name.</summary>
    /// <exception cref="DeploymentException">There is none; the message names it and says where it was looked for.</exception>
    Task<Secret> GetAsync(string name, CancellationToken cancellationToken);
}
