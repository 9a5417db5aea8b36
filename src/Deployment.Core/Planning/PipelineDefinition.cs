using System.Reflection;
using Deployment.Analysis;
using Deployment.Environments;
using Deployment.Health;
using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Targets;
using Deployment.Waves;

namespace Deployment.Planning;

/// <summary>What was composed, frozen by <c>Build()</c>.</summary>
internal sealed record PipelineDefinition
{
    internal required string Name { get; init; }

    internal required string Environment { get; init; }

    /// <summary>What the environment asks of every deployment; null for nothing.</summary>
    internal EnvironmentPolicy? Policy { get; init; }

    /// <summary>In turns or side by side; empty in a pipeline of one application.</summary>
    internal IReadOnlyList<ServiceDefinition> Services { get; init; } = [];

    /// <summary>Where this is one of several services: its application. Null otherwise.</summary>
    internal string? Service { get; init; }

    internal required IReadOnlyList<DeploymentTarget> Targets { get; init; }

    /// <summary>What is observed and claimed like a target, and takes no release.</summary>
    internal required IReadOnlyList<DeploymentTarget> Resources { get; init; }

    /// <summary>The databases that change with releases; null for none.</summary>
    internal MigrationsDefinition? Migrations { get; init; }

    internal required LanePolicy LanePolicy { get; init; }

    /// <summary>Null when the targets are done side by side.</summary>
    internal required WavePlan? Waves { get; init; }

    internal required IDeploymentStrategy Strategy { get; init; }

    internal required string StrategyReason { get; init; }

    internal IReadOnlyList<DeploymentTarget> Databases => Migrations?.Databases ?? [];

    internal required IReadOnlyList<MomentBinding> Bindings { get; init; }

    internal required IReadOnlyDictionary<string, Check> Checks { get; init; }

    /// <summary>What watches a release; null where the pipeline has neither health checks nor a monitor.</summary>
    internal WatchCheck? Watch { get; init; }

    /// <summary>What records how the old release does; null without a monitor.</summary>
    internal BaselineCheck? Recording { get; init; }

    /// <summary>Asks the monitor's sources before anything is changed; null where nothing is monitored.</summary>
    internal SourcesCheck? Sources { get; init; }

    internal required IReadOnlyDictionary<string, string> Roles { get; init; }

    /// <summary>The pipeline's targets and resources, and the target that holds the user's own steps.</summary>
    internal required TargetTable Table { get; init; }

    /// <summary>The assemblies that the user's own steps and checks come from.</summary>
    internal required IReadOnlyList<Assembly> Code { get; init; }
}
