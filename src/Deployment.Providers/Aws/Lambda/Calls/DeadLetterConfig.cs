namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>Where events go that a function could not handle.</summary>
internal sealed record DeadLetterConfig(string? TargetArn);
