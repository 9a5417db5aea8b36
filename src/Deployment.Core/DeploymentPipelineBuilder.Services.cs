using Deployment.Releases;
using Deployment.Runbooks;

namespace Deployment;

// Several applications as one deployment.
public sealed partial class DeploymentPipelineBuilder
{
    private readonly List<(string Application, DeploymentPipelineBuilder Part)> _parts = [];
    private readonly string? _service;

    private DeploymentPipelineBuilder(string name, string service)
        : this(name) => _service = service ?? "";

    /// <summary>
    /// Makes an application a service of this pipeline. Releases of several services are then one deployment
    /// (<see cref="DeploymentPipeline.DeployAsync(IReadOnlyList{Release}, CancellationToken)"/>): what a release requires
    /// (<see cref="Release.Requires"/>) comes before it, the rest side by side, and going back is the other way round.
    /// </summary>
    /// <param name="application">The application's name.</param>
    /// <param name="configure">Its targets, strategy, checks and steps. What belongs to the whole, such as the store, is said to the pipeline.</param>
    public DeploymentPipelineBuilder Service(string application, Action<DeploymentPipelineBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var part = new DeploymentPipelineBuilder(_name, application);
        configure(part);
        _parts.Add((application, part));
        return this;
    }

    private bool SaysWhatAServiceSays => _targets.Count + _resources.Count > 0 || _strategy is not null || _lanePolicy is not null || _waves is not null || _monitor is not null || _checks.Count > 0
        || _bindings.Any(binding => binding.Moment != Moment.Start);

    private bool SaysWhatThePipelineSays => _parts.Count + _roles.Count > 0 || _environment is not null || _policy is not null || _lent;

    /// <summary>Everything wrong with services: each one's own with its name, and what they have twice.</summary>
    private List<string> ServiceErrors() =>
    [
        .. SaysWhatAServiceSays
            ? ["The pipeline has services, so targets, strategy, waves, checks and steps belong to one of them: move them into Service(...). Only an approval or a step at Moment.Start stands before all."]
            : Array.Empty<string>(),
        .. _policy is not null
            ? ["A pipeline of services can't have an environment's policy: what a policy asks is asked of one release. Leave the policy out, or deploy the application by a pipeline of its own."]
            : Array.Empty<string>(),
        .. _parts.SelectMany(part => part.Part.PartErrors().Select(error => $"{Naming.Printable(part.Application ?? "")}: {error}")),
        .. Twice(_parts.Select(part => part.Application)).Select(application => $"Two services are called '{Naming.Printable(application ?? "")}'. Give each application once."),
        .. Twice(Everything.SelectMany(part => part.AllChecks.Select(check => check.Name).Concat(part._steps.Select(step => step.Name)).Distinct()))
            .Select(name => $"Several services have a check or a step '{name}'. Give each its own name, such as with the service's in it."),
        .. Twice(Everything.SelectMany(part => part._targets.Concat(part._resources).Select(target => target.Name).Distinct()))
            .Select(target => $"Several services have a target or a resource '{target}'. Give each its own."),
    ];

    private static IEnumerable<string> Twice(IEnumerable<string> names) => names.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => same.Key);

    private IEnumerable<string> PartErrors()
    {
        if (Naming.Problem("service", _service) is { } problem)
        {
            yield return problem;
        }

        if (SaysWhatThePipelineSays)
        {
            yield return "An environment, roles, services, and what the host lends (the store, the clock, logging, commands, secrets, randomness, progress, the engine's options) are said to the pipeline, not to a service.";
        }

        if (_lanePolicy is { KeepFinishedLanes: true } || _waves is { KeepFinished: true })
        {
            yield return "Finished lanes can't be kept where the service fails: the services of a deployment go back together. Leave KeepFinished out, or deploy it by a pipeline of its own.";
        }

        if (_lanePolicy is { MaxFailures: > 0 } || _waves is { MaxFailures: > 0 } || _waves?.Waves.Any(wave => wave.MaxFailures > 0) == true)
        {
            yield return "No target of a service may fail: what requires it would meet the old release on that target. Leave MaxFailures at 0, or deploy it by a pipeline of its own.";
        }

        foreach (string error in _errors.Concat(CompositionErrors()))
        {
            yield return error;
        }
    }
}
