using Deployment.Migrations;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>Plans the runs of a pipeline without services: one application, one release.</summary>
internal sealed class ApplicationPlanning(PipelineDefinition pipeline, RunHistory history) : IRunPlanning
{
    public async Task<Runbook> DeployAsync(IReadOnlyList<Release> releases, RunOverrides? overrides, CancellationToken cancellationToken)
    {
        if (releases is not [{ } release])
        {
            throw new DeploymentException($"The pipeline '{pipeline.Name}' brings one release at a time, and {releases.Count} were given. Several go together in a pipeline of services: DeploymentPipelineBuilder.Service(...).");
        }

        if (release.Requirements is { Count: > 0 } requirements)
        {
            throw new DeploymentValidationException(
                $"The plan of {release.Application} {release.Version} by pipeline '{pipeline.Name}'",
                [.. requirements.Select(needed => $"{release.Application} {release.Version} requires {needed.Key} {needed.Value}, and this pipeline can't see what runs of {needed.Key}: it has no services. Compose both as services of one pipeline: DeploymentPipelineBuilder.Service(...).")]);
        }

        return Planner.Plan(pipeline, await history.DeployInputAsync(release, overrides, cancellationToken));
    }

    public async Task<Runbook> RollBackAsync(string? version, CancellationToken cancellationToken) =>
        Planner.Plan(pipeline, await history.RollBackInputAsync(version, cancellationToken));

    public async Task<Runbook> RetryAsync(RunRecord run, RunOverrides? overrides, CancellationToken cancellationToken) =>
        Planner.Plan(pipeline, await history.RetryInputAsync(run, overrides, cancellationToken));

    public async Task<Runbook> RetireAsync(RunRecord scheduled, CancellationToken cancellationToken) =>
        Retirement.Plan(pipeline, await history.RetirementInputAsync(scheduled, cancellationToken));

    public Task<DueContract> ContractAsync(RunRecord scheduled, DateTimeOffset now, CancellationToken cancellationToken) => history.PlanContractAsync(scheduled, now, cancellationToken);

    public Task<Runbook> UndoMigrationsAsync(string database, IReadOnlyCollection<string> migrations, CancellationToken cancellationToken) => history.PlanUndoAsync(database, migrations, cancellationToken);

    public async Task<Runbook?> RollBackFromAsync(RunRecord deployment, string? reason, CancellationToken cancellationToken) =>
        await history.RollBackFromInputAsync(deployment, reason, cancellationToken) is { } input ? Planner.Plan(pipeline, input) : null;

    public Task PermitAsync(Runbook runbook, CancellationToken cancellationToken) => history.PermitAsync(runbook, cancellationToken);
}
