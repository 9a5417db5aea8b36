using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Routing;

/// <summary>What a router does for a target, as strategies ask for it.</summary>
internal sealed class RoutedCapabilities(RoutedTraffic traffic) : ISplitTraffic, IRouteTesters, IPreviewRevisions
{
    public TrafficLimits Limits => traffic.Router.Limits;

    public Uri PreviewAddress => traffic.Router.PreviewAddress ?? throw new InvalidOperationException($"{traffic.Router.Name} has no preview address.");

    public Operation Route(TrafficSplit split) => traffic.Route(split);

    public Operation RouteTesters(RevisionId revision, TrafficSplit users) => traffic.RouteTesters(revision, users);

    public IReadOnlyList<string> TesterCommands(RevisionId revision) => traffic.Router.TesterCommands(revision);

    public Operation Preview(RevisionId? revision, TrafficSplit users) => traffic.Preview(revision, users);

    public IReadOnlyList<string> PreviewCommands() => [$"curl -sS -i {Commands.CommandLine.Quote(PreviewAddress.AbsoluteUri)}"];
}
