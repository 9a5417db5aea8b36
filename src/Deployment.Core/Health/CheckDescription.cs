namespace Deployment.Health;

/// <summary>What a person reads about a check, and types to do it by hand.</summary>
/// <param name="Commands">Lines for a POSIX shell; empty when only code can decide. A relative address is built on the variable ADDRESS.</param>
/// <param name="Expected">What a pass looks like, with its numbers.</param>
public sealed record CheckDescription(IReadOnlyList<string> Commands, string Expected);
