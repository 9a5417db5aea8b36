using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>Looks at targets and history, and plans each kind of run.</summary>
internal interface IRunPlanning
{
    Task<Runbook> DeployAsync(IReadOnlyList<Release> releases, CancellationToken cancellationToken);

    /// <param name="version">Null for what was live before.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Runbook> RollBackAsync(string? version, CancellationToken cancellationToken);

    Task<Runbook> RetryAsync(RunRecord run, CancellationToken cancellationToken);

    Task<Runbook> RetireAsync(RunRecord scheduled, CancellationToken cancellationToken);
}
