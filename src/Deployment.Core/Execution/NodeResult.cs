namespace Deployment.Execution;

/// <summary>How a node of the tree ended, and which step decided it.</summary>
internal readonly record struct NodeResult(NodeEnd End, string? Step = null, string? Reason = null, bool KeepsFinishedLanes = false)
{
    internal static NodeResult Done { get; } = new(NodeEnd.Done);

    internal static NodeResult Failed(string step, string reason) => new(NodeEnd.Failed, step, reason);

    internal static NodeResult Stopped(string step) => new(NodeEnd.Stopped, step);
}
