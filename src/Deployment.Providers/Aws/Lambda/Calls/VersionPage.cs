namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>A page of a list of versions.</summary>
internal sealed record VersionPage(List<FunctionConfiguration>? Versions, string? NextMarker);
