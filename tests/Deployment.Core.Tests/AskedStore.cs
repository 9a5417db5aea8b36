using Deployment.Store;

namespace Deployment.Tests;

/// <summary>A store whose list of runs takes its time, or fails, as a test says.</summary>
internal sealed class AskedStore(IDeploymentStore inner) : DelegatingStore(inner)
{
    /// <summary>Called before the runs are listed.</summary>
    internal Func<CancellationToken, Task> Asked { get; set; } = _ => Task.CompletedTask;

    public override async Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken)
    {
        await Asked(cancellationToken);
        return await base.ListRunsAsync(cancellationToken);
    }
}
