namespace Deployment.Providers.Aws.Lambda;

/// <summary>What a function answered.</summary>
/// <param name="Version">The version that answered.</param>
/// <param name="Error"><c>Handled</c> or <c>Unhandled</c> where the function failed; null where it didn't.</param>
/// <param name="Payload">The answer, or the error; JSON.</param>
/// <param name="Log">The last 4 KB of its log. It is the function's own text: show it with care.</param>
public sealed record LambdaAnswer(string Version, string? Error, string Payload, string Log);
