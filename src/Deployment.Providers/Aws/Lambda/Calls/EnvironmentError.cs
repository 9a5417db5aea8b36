namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>Why environment variables can't be read.</summary>
internal sealed record EnvironmentError(string? ErrorCode, string? Message);
