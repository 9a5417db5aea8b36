using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>A target where testers reach a revision over the users' own way in, by a header or a cookie, whatever its share.</summary>
public interface IRouteTesters
{
    /// <summary>
    /// Lets testers reach a revision that stands, and leaves the users where they are. It is idempotent, and needs no undo: it ends when
    /// another revision is named or this one is removed.
    /// </summary>
    /// <param name="revision">What testers reach.</param>
    /// <param name="users">The split that the users have, and keep.</param>
    Operation RouteTesters(RevisionId revision, TrafficSplit users);

    /// <summary>Lines for a POSIX shell with which a tester reaches the revision.</summary>
    IReadOnlyList<string> TesterCommands(RevisionId revision);
}
