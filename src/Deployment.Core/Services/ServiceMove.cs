using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Services;

/// <summary>What runs of a service, and what comes.</summary>
/// <param name="Application">The service.</param>
/// <param name="Running">The versions that take traffic, each with its release where history knows it.</param>
/// <param name="Coming">What it gets; null when it is left alone.</param>
internal sealed record ServiceMove(string Application, IReadOnlyList<RunningVersion> Running, Release? Coming = null)
{
    /// <summary>Who takes the traffic on each of its targets.</summary>
    internal IReadOnlyList<Fact> Traffic { get; init; } = [];

    /// <summary>Whether one of its releases, the one that comes or one that runs, requires a release of the other service.</summary>
    internal bool Requires(string other) => Running.Select(running => running.Release).Append(Coming).Any(release => release?.Requirements?.ContainsKey(other) == true);
}
