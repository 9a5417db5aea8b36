using Deployment.Releases;

namespace Deployment.Secrets;

/// <summary>Reads secrets from environment variables of this process: the secret's name is the variable's.</summary>
public sealed class EnvironmentSecretStore : ISecretStore
{
    /// <inheritdoc/>
    public Task<Secret> GetAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? Task.FromResult(new Secret(value))
            : throw new DeploymentException($"The secret '{Naming.Printable(name)}' is not set. Set the environment variable of that name for the deploying process.");
    }
}
