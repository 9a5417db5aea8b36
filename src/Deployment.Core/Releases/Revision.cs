namespace Deployment.Releases;

/// <summary>A release as it is installed on a target.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Release">What is installed.</param>
public sealed record Revision(RevisionId Id, Release Release);
