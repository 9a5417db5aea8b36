namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>A page of a list of aliases.</summary>
internal sealed record AliasPage(List<AliasConfiguration>? Aliases, string? NextMarker);
