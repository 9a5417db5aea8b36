namespace Deployment.Providers.Local.Router;

/// <summary>What a copy was answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Hash">The body's hash; null when bodies aren't compared.</param>
internal sealed record MirrorAnswer(int Status, string? Hash);
