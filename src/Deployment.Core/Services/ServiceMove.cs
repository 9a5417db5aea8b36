using Deployment.Releases;

namespace Deployment.Services;

/// <summary>What runs of a service, and what comes.</summary>
/// <param name="Application">The service.</param>
/// <param name="Running">The versions that take traffic, each with its release where history knows it.</param>
/// <param name="Coming">What it gets; null when it is left alone.</param>
internal sealed record ServiceMove(string Application, IReadOnlyList<RunningVersion> Running, Release? Coming = null);
