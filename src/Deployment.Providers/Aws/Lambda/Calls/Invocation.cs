namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>What a function answered.</summary>
/// <param name="Version">Which version it was, where the service says.</param>
/// <param name="Error"><c>Handled</c> or <c>Unhandled</c> where the function failed; null where it didn't.</param>
/// <param name="Payload">The answer, or the error.</param>
/// <param name="Log">The end of its log.</param>
internal sealed record Invocation(string? Version, string? Error, byte[] Payload, string Log);
