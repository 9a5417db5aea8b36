namespace Deployment.Store.Files;

/// <summary>One version of all claims in the store.</summary>
internal sealed record ClaimsFile(IReadOnlyList<Claim> Claims);
