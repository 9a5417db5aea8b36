namespace Deployment.Providers.Aws.Sites;

/// <summary>A record beside a site that can't be used.</summary>
internal sealed class SiteRecordException(string message) : DeploymentException(message);
