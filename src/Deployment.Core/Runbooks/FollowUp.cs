using Deployment.Releases;

namespace Deployment.Runbooks;

/// <summary>What is to be done later as a run of its own: removing a revision once the rollback window has closed.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Revision">The revision to remove, unless it takes traffic by then.</param>
/// <param name="After">How long after this run's success.</param>
public sealed record FollowUp(string Target, RevisionId Revision, TimeSpan After);
