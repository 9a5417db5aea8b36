using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Gathers what the targets of a plan need for doing it by hand. Targets that share a machine say the same, which stands there once.</summary>
internal static class PrerequisiteList
{
    internal static IReadOnlyList<Prerequisite> Of(IEnumerable<DeploymentTarget> targets) =>
        [.. targets.SelectMany(target => target.Prerequisites).DistinctBy(prerequisite => string.Join('\n', [prerequisite.Text, .. prerequisite.Commands]))];
}
