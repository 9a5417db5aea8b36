using System.Collections.Immutable;
using Deployment.Analysis;
using Deployment.Environments;
using Deployment.Health;
using Deployment.Migrations;
using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Services;
using Deployment.Steps;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Waves;

namespace Deployment;

// What becomes of all that was said: everything that is wrong with it, or the pipeline.
public sealed partial class DeploymentPipelineBuilder
{
    /// <summary>Freezes the pipeline.</summary>
    /// <exception cref="DeploymentValidationException">Something is missing or wrong; all errors together.</exception>
    public DeploymentPipeline Build() => Build(() => new FileDeploymentStore(FileDeploymentStore.DefaultFolder));

    /// <param name="defaultStore">Makes the store when it is first needed, unless one was chosen.</param>
    internal DeploymentPipeline Build(Func<IDeploymentStore> defaultStore)
    {
        string environment = _environment ?? DefaultEnvironment;
        string?[] names = [Naming.Problem("pipeline", _name), Naming.Problem("environment", environment)];
        List<string> errors = [.. _errors, .. names.OfType<string>(), .. _engine.Validate(), .. _parts.Count > 0 ? ServiceErrors() : CompositionErrors()];
        if (errors.Count > 0)
        {
            throw new DeploymentValidationException($"The pipeline '{Naming.Printable(_name ?? "")}'", errors);
        }

        var table = new TargetTable([.. Everything.SelectMany(part => part._targets.Concat(part._resources).Concat(part._migrations?.Databases ?? [])), new UserSteps(Everything.SelectMany(part => part._steps))]);
        PipelineDefinition whole = Define(environment, table);
        ServiceDefinition[] services = [.. _parts.Select(part => new ServiceDefinition(part.Application, part.Part.Define(environment, table) with { Roles = whole.Roles }))];
        return new DeploymentPipeline(
            _parts.Count == 0 ? whole : whole with
            {
                Services = services,
                Targets = [.. Everything.SelectMany(part => part._targets)],
                Resources = [.. Everything.SelectMany(part => part._resources)],
                Migrations = new MigrationsDefinition([.. Everything.SelectMany(part => part._migrations?.Databases ?? [])], new MigrationOptions()),
                Checks = whole.Checks.Values.Concat(services.SelectMany(service => service.Part.Checks.Values)).ToDictionary(check => check.Name, StringComparer.Ordinal),
                Code = [.. Everything.SelectMany(part => part._code).Distinct()],
            },
            Store ?? defaultStore(),
            this);
    }

    /// <summary>The pipeline and its services.</summary>
    private IEnumerable<DeploymentPipelineBuilder> Everything => _parts.Select(part => part.Part).Prepend(this);

    /// <summary>The pipeline's own, and those that its strategy brings.</summary>
    private IEnumerable<Check> AllChecks => _checks.Concat(_strategy?.Checks ?? []);

    private WatchCheck? WatchIn(string environment)
    {
        Check[] health = [.. _bindings.Where(binding => binding.Moment == Moment.Installed).Select(binding => binding.Check).OfType<Check>().Where(check => check.Kind == CheckKind.Health).Distinct()];
        return _monitor is null && health.Length == 0 ? null : new WatchCheck(NameOf("watch"), environment, _monitor ?? MonitorDefinition.None, health);
    }

    private BaselineCheck? RecordingIn(string environment) => _monitor is null ? null : new BaselineCheck(NameOf("baseline"), environment, _monitor);

    private SourcesCheck? SourcesIn(string environment) => _monitor is null ? null : new SourcesCheck(NameOf("metric sources"), environment, _monitor);

    private string NameOf(string check) => _service is null ? check : $"{check} of {Naming.Printable(_service)}";

    private PipelineDefinition Define(string environment, TargetTable table)
    {
        WatchCheck? watch = WatchIn(environment);
        BaselineCheck? recording = RecordingIn(environment);
        SourcesCheck? sources = SourcesIn(environment);
        return Define(environment, table, [.. AllChecks, .. new Check?[] { watch, recording, sources }.OfType<Check>()]) with { Watch = watch, Recording = recording, Sources = sources };
    }

    private PipelineDefinition Define(string environment, TargetTable table, IEnumerable<Check> checks) => new()
    {
        Name = _name!,
        Environment = environment,
        Policy = _policy,
        Service = _service,
        Targets = [.. _targets],
        Resources = [.. _resources],
        Migrations = _migrations,
        LanePolicy = _lanePolicy ?? new LanePolicy(),
        Waves = WavePlanOf([]),
        Strategy = _strategy ?? new InTurns(),
        StrategyReason = _strategy is null ? InTurns.Reason : _strategyReason,
        Bindings = [.. _bindings],
        Checks = checks.ToDictionary(check => check.Name, StringComparer.Ordinal),
        Roles = _roles.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Table = table,
        Code = [.. _code],
    };

    private WavePlan? WavePlanOf(List<string> errors)
    {
        if (_waves is null)
        {
            return null;
        }

        if (_lanePolicy is not null)
        {
            errors.Add("Both WithLanes and InWaves say how the targets go together. Take one; waves have MaxConcurrency and MaxFailures of their own.");
        }

        string[] problems = [.. _waves.Problems()];
        errors.AddRange(problems);
        return problems.Length > 0 ? null : new WavePlan(_waves, WaveTargets.Deal(_waves.Waves, [.. _targets.Select(target => target.Name).Distinct(StringComparer.Ordinal)], _tags, errors));
    }

    /// <summary>What is missing or doesn't go together in what brings one application.</summary>
    private List<string> CompositionErrors()
    {
        List<string> errors = [.. _policy is { } policy ? PolicyValidation.Problems(policy, _environment ?? DefaultEnvironment, _bindings) : [], .. Validate()];
        WavePlanOf(errors);
        return errors;
    }

    /// <summary>Where a failure must not take a release back by itself, nothing else may do so.</summary>
    private IEnumerable<string> KeepingProblems()
    {
        if (_migrations?.Options is not { } options || options is { AfterExpand: MigratedFailure.RollBack, AfterBackfill: MigratedFailure.RollBack })
        {
            yield break;
        }

        string keeps = $"The migrations' {(options.AfterExpand != MigratedFailure.RollBack ? nameof(MigrationOptions.AfterExpand) : nameof(MigrationOptions.AfterBackfill))} lets no failure take the release back by itself";
        if (_monitor is { Options.Extended: var extended } && extended > TimeSpan.Zero)
        {
            yield return $"{keeps}, and what the extended watch finds does ({nameof(MonitorOptions.Extended)} is {extended}). Leave it at 0, or leave the option at {nameof(MigratedFailure.RollBack)}.";
        }

        if (_lanePolicy is { MaxFailures: > 0 } or { KeepFinishedLanes: true } || _waves is not null)
        {
            yield return $"{keeps}, and a target that fails by itself goes back alone ({(_waves is not null ? "InWaves" : "WithLanes")}). Let all targets go together, or leave the option at {nameof(MigratedFailure.RollBack)}.";
        }
    }

    private IEnumerable<string> Validate()
    {
        if (_targets.Count == 0)
        {
            yield return "There is no target. Add one: DeployTo(...).";
        }

        foreach (IGrouping<string, DeploymentTarget> same in _targets.Concat(_resources).Concat(_migrations?.Databases ?? []).GroupBy(target => target.Name).Where(same => same.Count() > 1 || same.Key == UserSteps.TargetName))
        {
            yield return same.Key == UserSteps.TargetName
                ? $"A target can't be called '{UserSteps.TargetName}': that name stands for the pipeline's own steps."
                : $"{same.Count()} {(same.All(_targets.Contains) ? "targets" : "targets or resources")} are called '{same.Key}'. Give each its own name.";
        }

        foreach (IGrouping<string, Check> same in AllChecks.GroupBy(check => check.Name).Where(same => same.Count() > 1))
        {
            yield return $"{same.Count()} checks are called '{same.Key}'. Give each its own name.";
        }

        foreach (string taken in AllChecks.Select(check => check.Name).Intersect([NameOf("watch"), NameOf("baseline"), NameOf("metric sources")]))
        {
            yield return $"A check can't be called '{taken}': that name stands for how the pipeline watches a release. Give it another one.";
        }

        if (_migrations is { Options.RollbackWindow: var window } && _monitor is { Options.Extended: var extended } && window < extended)
        {
            yield return $"The migrations' {nameof(MigrationOptions.RollbackWindow)} is {window} and the monitor's {nameof(MonitorOptions.Extended)} is {extended}: what the watch finds after {window} could not go back any more. Make the window at least as long.";
        }

        foreach (string problem in KeepingProblems())
        {
            yield return problem;
        }

        if (_strategy is null)
        {
            yield return "There is no strategy. Choose one, such as UseBlueGreen() or UseRecreate().";
        }
        else
        {
            foreach (string problem in (Naming.Problem("strategy", _strategy.Name) is { } bad ? [bad] : _strategy.Validate()))
            {
                yield return problem;
            }
        }
    }
}
