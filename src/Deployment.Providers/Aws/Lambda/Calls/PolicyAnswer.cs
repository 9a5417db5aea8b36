namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>A resource policy, JSON as a text.</summary>
internal sealed record PolicyAnswer(string? Policy);
