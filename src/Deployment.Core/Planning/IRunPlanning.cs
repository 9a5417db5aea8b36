using Deployment.Migrations;
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

    /// <param name="scheduled">A contract that is due.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<DueContract> ContractAsync(RunRecord scheduled, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Plans to undo migrations that no release needs any more.</summary>
    /// <param name="database">The migrator's name.</param>
    /// <param name="migrations">Which ones.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Runbook> UndoMigrationsAsync(string database, IReadOnlyCollection<string> migrations, CancellationToken cancellationToken);

    /// <summary>Plans to go back from one deployment, wherever what it brought still takes traffic; null where nothing of it does.</summary>
    /// <param name="deployment">The run, which has ended.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<Runbook?> RollBackFromAsync(RunRecord deployment, string? reason, CancellationToken cancellationToken);

    /// <summary>Whether a runbook that was planned before may still begin.</summary>
    /// <exception cref="DeploymentValidationException">It may not.</exception>
    Task PermitAsync(Runbook runbook, CancellationToken cancellationToken);
}
