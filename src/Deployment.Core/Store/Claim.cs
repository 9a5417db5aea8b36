namespace Deployment.Store;

/// <summary>What a run holds on a target until it ends.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="RunId">The run.</param>
/// <param name="Since">When it was claimed.</param>
public sealed record Claim(string Target, string RunId, DateTimeOffset Since);
