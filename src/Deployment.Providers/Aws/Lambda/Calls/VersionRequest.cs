namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>Asks for a version of what is there now, if that has this code and nobody has changed it since.</summary>
internal sealed record VersionRequest(string? CodeSha256, string? Description, string? RevisionId);
