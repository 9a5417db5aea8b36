namespace Deployment.Providers.Local.Hosting;

/// <summary>A control socket refuses a request, with the status code that says what kind of refusal it is.</summary>
internal sealed class RefusedException(int status, string message) : DeploymentException(message)
{
    public int Status { get; } = status;
}
