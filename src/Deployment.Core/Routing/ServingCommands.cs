namespace Deployment.Routing;

/// <summary>Lines for a POSIX shell around those that switch a router: what gets traffic must keep running, and what lost it need not.</summary>
/// <param name="Before">Typed before the switch.</param>
/// <param name="After">Typed after it, when nothing is in flight on what lost its share.</param>
public sealed record ServingCommands(IReadOnlyList<string> Before, IReadOnlyList<string> After);
