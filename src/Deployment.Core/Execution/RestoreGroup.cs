using Deployment.Runbooks;

namespace Deployment.Execution;

/// <summary>Targets of one service that get their traffic back side by side; in a pipeline without services all targets.</summary>
/// <param name="Switched">For each target whose traffic was only switched: what gives it back. All of them at once.</param>
/// <param name="InPlace">What gives traffic back where that replaces what runs: in reverse, and as few at once as on the way there, because it takes capacity away. Among services of several turns also what goes back batch by batch.</param>
internal sealed record RestoreGroup(IReadOnlyList<SequenceNode> Switched, RunbookNode? InPlace = null);
