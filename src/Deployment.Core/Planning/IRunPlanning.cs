using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>Looks at targets and history, and plans each kind of run.</summary>
internal interface IRunPlanning
{
    /// <param name="releases">What to bring.</param>
    /// <param name="overrides">What the run does otherwise than the policy says; null for nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Runbook> DeployAsync(IReadOnlyList<Release> releases, RunOverrides? overrides, CancellationToken cancellationToken);

    /// <param name="version">Null for what was live before.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Runbook> RollBackAsync(string? version, CancellationToken cancellationToken);

    /// <param name="run">A deployment that has ended.</param>
    /// <param name="overrides">Null for what that run was planned with.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Runbook> RetryAsync(RunRecord run, RunOverrides? overrides, CancellationToken cancellationToken);

    Task<Runbook> RetireAsync(RunRecord scheduled, CancellationToken cancellationToken);

    /// <param name="scheduled">A look of an extended watch.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Runbook> WatchAsync(RunRecord scheduled, CancellationToken cancellationToken);

    /// <summary>Whether a runbook that was planned before may still begin.</summary>
    /// <exception cref="DeploymentValidationException">It may not.</exception>
    Task PermitAsync(Runbook runbook, CancellationToken cancellationToken);
}
