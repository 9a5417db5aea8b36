namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>Asks for provisioned concurrency.</summary>
internal sealed record ConcurrencyRequest(int ProvisionedConcurrentExecutions);
