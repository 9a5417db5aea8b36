using System.Collections.Immutable;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>What a target can do in a state that was seen: the plan bears what its reader should know of that.</summary>
internal sealed class SeenLambda(LambdaTarget target, Observation seen) : IHostRevisions, IUpdateInPlace, ISplitTraffic
{
    public TrafficLimits Limits => seen.Properties.TryGetValue(LambdaObservation.Weights, out string? why) ? new TrafficLimits(100, 1) { Reason = why } : target.Limits;

    private ImmutableArray<string> Notes => seen.Properties.TryGetValue(LambdaObservation.Bypassed, out string? bypassed) ? [.. bypassed.Split('\n'), "Whoever calls the function without the alias gets what is being prepared as soon as it is written, whatever the traffic."] : [];

    public Operation Install(Revision revision) => target.Install(revision, Notes);

    public Operation Remove(RevisionId revision) => target.Remove(revision);

    public Operation Update(Revision revision) => target.Update(revision, Notes);

    public Operation Clear(RevisionId installed) => target.Clear(installed);

    public Operation Route(TrafficSplit split) => target.Route(split);
}
