namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>When AWS makes snapshots of a function: <c>PublishedVersions</c> or <c>None</c> (docs.aws.amazon.com/lambda/latest/api/API_SnapStartResponse.html).</summary>
internal sealed record SnapStart(string? ApplyOn);
