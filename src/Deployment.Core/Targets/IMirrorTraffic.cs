using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>
/// A target that can send copies of the users' requests to a revision without traffic. Users never wait for a copy, nor see its answer: that is
/// compared with theirs, counted, and dropped.
/// </summary>
public interface IMirrorTraffic
{
    /// <summary>
    /// Begins to copy, or ends it; who answers the users stays as it is. It is idempotent. Copying also ends when the revision is removed or
    /// gets a share of the traffic.
    /// </summary>
    /// <param name="mirror">What is copied to whom, in place of what was copied before; null to copy nothing any more.</param>
    Operation Mirror(TrafficMirror? mirror);

    /// <summary>What was found since copying began; null where nothing is copied to the revision, or where nobody can tell.</summary>
    /// <exception cref="DeploymentException">The target can't be reached or read.</exception>
    Task<MirrorComparison?> CompareAsync(RevisionId revision, CancellationToken cancellationToken);

    /// <summary>Lines for a POSIX shell with which a person looks at the same.</summary>
    IReadOnlyList<string> CompareCommands(RevisionId revision);
}
