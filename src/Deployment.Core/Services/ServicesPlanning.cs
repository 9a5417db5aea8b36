using Deployment.Migrations;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Services;

/// <summary>Plans the runs of a pipeline of several services: each service as a pipeline of its own would, and all of them in turns.</summary>
internal sealed class ServicesPlanning : IRunPlanning
{
    private readonly PipelineDefinition _pipeline;
    private readonly IReadOnlyList<(ServiceDefinition Service, RunHistory History)> _services;

    internal ServicesPlanning(PipelineDefinition pipeline, IDeploymentStore store)
    {
        _pipeline = pipeline;
        _services = [.. pipeline.Services.Select(service => (service, new RunHistory(store, service.Part)))];
    }

    public async Task<Runbook> DeployAsync(IReadOnlyList<Release> releases, RunOverrides? overrides, CancellationToken cancellationToken)
    {
        RefuseOverrides(overrides);
        CheckReleases(releases);
        var inputs = new Dictionary<string, PlanningInput>(StringComparer.Ordinal);
        foreach (Release release in releases)
        {
            inputs[release.Application] = await HistoryOf(release.Application).InputAsync(release, cancellationToken);
        }

        return await PlanAsync(RunKind.Deploy, inputs, cancellationToken);
    }

    /// <summary>What the last run changed goes back together: each service that it brought to what that had before, and a feature that it only opened is closed.</summary>
    public async Task<Runbook> RollBackAsync(string? version, CancellationToken cancellationToken)
    {
        if (version is not null)
        {
            throw new DeploymentException($"The pipeline '{_pipeline.Name}' has several services, so one version doesn't say what to go back to. Go back one deployment (no version), or deploy the releases that you want.");
        }

        var changes = new List<(string Application, RunHistory History, ServiceChange Change)>();
        foreach ((ServiceDefinition service, RunHistory history) in _services)
        {
            if (await history.LastChangeAsync(cancellationToken) is { } change)
            {
                changes.Add((service.Application, history, change));
            }
        }

        string last = changes.Select(change => change.Change.Run.Id).Max(StringComparer.Ordinal)
            ?? throw new DeploymentException($"The pipeline '{_pipeline.Name}' brought nothing to {_pipeline.Environment} that is live. There is nothing to go back from.");
        var inputs = new Dictionary<string, PlanningInput>(StringComparer.Ordinal);
        foreach ((string application, RunHistory history, ServiceChange change) in changes.Where(change => change.Change.Run.Id == last))
        {
            inputs[application] = change.InPlace ? await history.RollBackInPlaceInputAsync(change.Run, cancellationToken)
                : await history.HasBelowAsync(cancellationToken) ? await history.RollBackInputAsync(null, cancellationToken)
                : throw new DeploymentException($"The deployment that brought what is live (run {last}) brought the first release of {application}, so it can't be taken back whole: there is no earlier {application} to go back to. Deploy the earlier releases of the other services instead.");
        }

        return await PlanAsync(RunKind.RollBack, inputs, cancellationToken);
    }

    public async Task<Runbook> RetryAsync(RunRecord run, RunOverrides? overrides, CancellationToken cancellationToken)
    {
        RefuseOverrides(overrides);
        var inputs = new Dictionary<string, PlanningInput>(StringComparer.Ordinal);
        foreach ((ServiceDefinition service, RunHistory history) in _services)
        {
            if (await history.TryRetryInputAsync(run, null, cancellationToken) is { } input)
            {
                inputs[service.Application] = input;
            }
        }

        return inputs.Count > 0
            ? await PlanAsync(RunKind.Deploy, inputs, cancellationToken)
            : throw new DeploymentException($"Nothing is left of run {run.Id}: each of its releases takes all the traffic on each of its targets.");
    }

    public async Task<Runbook> RetireAsync(RunRecord scheduled, CancellationToken cancellationToken)
    {
        (ServiceDefinition service, RunHistory history) = _services.FirstOrDefault(service => service.Service.Part.Targets.Any(target => target.Name == scheduled.Targets[0].Target));
        return service is null
            ? throw new DeploymentException($"No service of the pipeline '{_pipeline.Name}' has the target '{scheduled.Targets[0].Target}' any more. Remove {scheduled.Targets[0].Previous} there by hand.")
            : Retirement.Plan(service.Part, await history.RetirementInputAsync(scheduled, cancellationToken));
    }

    public Task<DueContract> ContractAsync(RunRecord scheduled, DateTimeOffset now, CancellationToken cancellationToken)
    {
        RunHistory? history = HistoryOfDatabase(scheduled.Targets[0].Target);
        return history is null
            ? throw new DeploymentException($"No service of the pipeline '{_pipeline.Name}' migrates '{scheduled.Targets[0].Target}' any more, so run {scheduled.Id} can't contract it. Do it by hand.")
            : history.PlanContractAsync(scheduled, now, cancellationToken);
    }

    public Task<Runbook> UndoMigrationsAsync(string database, IReadOnlyCollection<string> migrations, CancellationToken cancellationToken) =>
        (HistoryOfDatabase(database) ?? throw new DeploymentException($"No service of the pipeline '{_pipeline.Name}' migrates '{Naming.Printable(database)}'.")).PlanUndoAsync(database, migrations, cancellationToken);

    private RunHistory? HistoryOfDatabase(string name) => _services.FirstOrDefault(service => service.Service.Part.Databases.Any(database => database.Name == name)).History;

    /// <summary>Those of its services that still have what it brought; others of the pipeline stay as they are.</summary>
    public async Task<Runbook?> RollBackFromAsync(RunRecord deployment, string? reason, CancellationToken cancellationToken)
    {
        var inputs = new Dictionary<string, PlanningInput>(StringComparer.Ordinal);
        foreach ((ServiceDefinition service, RunHistory history) in _services)
        {
            if (await history.RollBackFromInputAsync(deployment, reason, cancellationToken) is { } input)
            {
                inputs[service.Application] = input;
            }
        }

        return inputs.Count > 0 ? await PlanAsync(RunKind.RollBack, inputs, cancellationToken) : null;
    }

    /// <summary>What needed nothing of these releases when they were planned isn't claimed, and may need something of them by now.</summary>
    public async Task PermitAsync(Runbook runbook, CancellationToken cancellationToken)
    {
        if (runbook.Services is not { } services)
        {
            return;
        }

        List<ServiceMove> moves = [];
        foreach ((ServiceDefinition service, RunHistory history) in _services)
        {
            await history.PermitSchemaAsync(runbook, cancellationToken);
            moves.Add(await history.RunningAsync(cancellationToken) with { Coming = runbook.ReleaseOf(service.Application) });
        }

        List<string> errors = [];
        ServiceFit.Check(_pipeline.Name, _pipeline.Environment, moves, [.. services.GroupBy(service => service.Turn).OrderBy(turn => turn.Key).Select(turn => turn.Select(service => service.Application).ToArray())], errors);
        if (errors.Count > 0)
        {
            throw new DeploymentValidationException($"The runbook {runbook.Hash[..12]}", errors);
        }
    }

    private void RefuseOverrides(RunOverrides? overrides)
    {
        if (overrides is not null)
        {
            throw new DeploymentException($"The pipeline '{_pipeline.Name}' has services, and such a pipeline has no policy that a run could override. Leave the overrides out.");
        }
    }

    private RunHistory HistoryOf(string application) => _services.First(service => service.Service.Application == application).History;

    private void CheckReleases(IReadOnlyList<Release> releases)
    {
        List<string> errors = [];
        if (releases.Count == 0)
        {
            errors.Add("There is no release. Give at least one.");
        }

        string known = string.Join(", ", _services.Select(service => service.Service.Application));
        errors.AddRange(releases.Select(release => release.Application).Distinct().Where(application => _services.All(service => service.Service.Application != application))
            .Select(application => $"There is no service '{application}'. The pipeline has: {known}."));
        errors.AddRange(releases.GroupBy(release => release.Application).Where(same => same.Count() > 1)
            .Select(same => $"{same.Count()} releases of {same.Key} were given ({string.Join(", ", same.Select(release => release.Version))}). Take one."));
        if (errors.Count > 0)
        {
            throw new DeploymentValidationException($"The plan of pipeline '{_pipeline.Name}'", errors);
        }
    }

    private async Task<Runbook> PlanAsync(RunKind kind, Dictionary<string, PlanningInput> inputs, CancellationToken cancellationToken)
    {
        List<ServiceMove> moves = [];
        foreach ((ServiceDefinition service, RunHistory history) in _services)
        {
            moves.Add(inputs.TryGetValue(service.Application, out PlanningInput? input) ? history.Move(input) : await history.RunningAsync(cancellationToken));
        }

        return ServicesPlanner.Plan(_pipeline, kind, moves, inputs);
    }
}
