using Deployment.Releases;

namespace Deployment.Runbooks;

/// <summary>What is watched on after the run, by runs of their own: one every so often looks at all that was measured since the one before.</summary>
/// <param name="Target">The target's name.</param>
/// <param name="Revision">The revision that is watched, as long as it takes traffic.</param>
/// <param name="For">For how long after this run's success.</param>
/// <param name="Every">How far the runs are apart.</param>
public sealed record ExtendedWatch(string Target, RevisionId Revision, TimeSpan For, TimeSpan Every);
