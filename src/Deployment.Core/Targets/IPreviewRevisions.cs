using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>A target that serves a revision at an address of its own, through the same way in that users have, before it takes traffic.</summary>
public interface IPreviewRevisions
{
    /// <summary>Where the revision is served; the same for all revisions. Nobody is served there when none is named.</summary>
    Uri PreviewAddress { get; }

    /// <summary>
    /// Serves a revision that stands at <see cref="PreviewAddress"/>, and leaves the users where they are. It is idempotent. It ends when
    /// traffic is routed the next time, whether the revision gets it or not, and when the revision is removed.
    /// </summary>
    /// <param name="revision">What is served there; null to serve nothing.</param>
    /// <param name="users">The split that the users have, and keep.</param>
    Operation Preview(RevisionId? revision, TrafficSplit users);

    /// <summary>Lines for a POSIX shell with which a person asks what is served there.</summary>
    IReadOnlyList<string> PreviewCommands();
}
