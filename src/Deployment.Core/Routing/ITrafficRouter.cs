using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Routing;

/// <summary>
/// A proxy in front of the instances of one target, which decides which revision answers: HAProxy, say. Targets whose platform has no router of
/// its own take one, and offer by it what strategies ask for (<see cref="RoutedTraffic"/>). One that counts what it routes is an
/// <see cref="Analysis.IMetricSource"/> as well.
/// </summary>
public interface ITrafficRouter
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>What splits it can make.</summary>
    TrafficLimits Limits { get; }

    /// <summary>How many instances of one revision it takes, at least 1.</summary>
    int MaxInstances { get; }

    /// <summary>What a person needs for its commands. The same each time: it becomes part of plans.</summary>
    IReadOnlyList<Prerequisite> Prerequisites { get; }

    /// <summary>Whether testers reach a revision by a header or a cookie, whatever its share.</summary>
    bool TakesTesters { get; }

    /// <summary>Where it serves the previewed revision; null where it has no such address.</summary>
    Uri? PreviewAddress { get; }

    /// <summary>Looks what it does, and changes nothing.</summary>
    /// <exception cref="DeploymentException">It can't be reached or read; the message says why and what to do.</exception>
    Task<RouterState> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes it follow a table, in place of the one before: shares change in one step, and what loses its place finishes what it has in flight
    /// before this returns, up to the router's drain deadline, which is reported. It is idempotent. What it follows outlives its own restart.
    /// </summary>
    /// <exception cref="DeploymentException">It can't be reached, can't follow the table, or follows a run with a higher epoch; the message says which.</exception>
    Task ApplyAsync(RoutingTable table, EffectContext context, CancellationToken cancellationToken);

    /// <summary>Answers every request with a page from then on, whatever the table; null to serve the revisions again. It returns when nothing else is in flight.</summary>
    /// <exception cref="DeploymentException">It can't be reached, can't take the page, or follows a run with a higher epoch.</exception>
    Task MaintainAsync(MaintenancePage? page, EffectContext context, CancellationToken cancellationToken);

    /// <summary>Lines for a POSIX shell that switch to a split by hand. Pure: it is called while planning.</summary>
    /// <param name="split">The split.</param>
    /// <param name="reachable">Revisions without a share that are to be reached by testers, or previewed.</param>
    /// <param name="preview">The one that is served at <see cref="PreviewAddress"/>; null for none.</param>
    /// <param name="addresses">For each of these a command that prints the addresses of its instances, <c>HOST:PORT</c> a line.</param>
    IReadOnlyList<string> RouteCommands(TrafficSplit split, IReadOnlyList<RevisionId> reachable, RevisionId? preview, Func<RevisionId, string> addresses);

    /// <summary>Lines for a POSIX shell that show what it does. Pure.</summary>
    IReadOnlyList<string> ShowCommands();

    /// <summary>Lines for a POSIX shell that begin maintenance by hand, or end it. Pure.</summary>
    IReadOnlyList<string> MaintenanceCommands(MaintenancePage? page);

    /// <summary>Lines for a POSIX shell with which a tester reaches a revision. Pure.</summary>
    /// <exception cref="InvalidOperationException">It takes no testers.</exception>
    IReadOnlyList<string> TesterCommands(RevisionId revision);
}
