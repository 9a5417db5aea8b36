using Deployment.Environments;

namespace Deployment.Runbooks;

/// <summary>Waits until a window of the environment's policy is open. Nobody can skip it; only a hotfix is planned without it.</summary>
public sealed record WindowStep : RunbookStep
{
    /// <summary>The windows; one must be open.</summary>
    public required IReadOnlyList<DeploymentWindow> Windows { get; init; }
}
