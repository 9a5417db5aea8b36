using Deployment.Commands;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>A router whose port another one has taken over.</summary>
/// <param name="Spawn">The number of its process.</param>
/// <param name="Process">Its process.</param>
internal sealed record RetiringRouter(long Spawn, CommandProcess Process);
