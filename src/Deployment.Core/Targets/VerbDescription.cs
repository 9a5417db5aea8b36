namespace Deployment.Targets;

/// <summary>What a person reads about an operation, and types to do it by hand.</summary>
/// <param name="Commands">Lines for a POSIX shell that do the same. What the platform assigns later is a variable, set by a line that looks it up.</param>
/// <param name="Expected">What is seen when it worked.</param>
/// <param name="Verification">How that is checked, as a line for a shell where there is one.</param>
public sealed record VerbDescription(IReadOnlyList<string> Commands, string Expected, string Verification);
