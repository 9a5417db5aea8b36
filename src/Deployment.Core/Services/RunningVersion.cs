using Deployment.Releases;

namespace Deployment.Services;

/// <summary>A version that takes traffic.</summary>
/// <param name="Version">The version.</param>
/// <param name="Release">What it is made of; null when history doesn't know.</param>
internal sealed record RunningVersion(string Version, Release? Release = null);
