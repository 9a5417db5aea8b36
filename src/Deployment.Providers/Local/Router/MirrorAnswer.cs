namespace Deployment.Providers.Local.Router;

/// <summary>What a request, or its copy, was answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Hash">The body's hash; null when bodies aren't compared.</param>
/// <param name="Latency">From when the whole request was there to when the answer began.</param>
internal sealed record MirrorAnswer(int Status, string? Hash, TimeSpan Latency);
