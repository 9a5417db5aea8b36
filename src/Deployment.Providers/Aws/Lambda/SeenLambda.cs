using System.Collections.Immutable;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>What a target can do in a state that was seen: the plan bears what its reader should know of that.</summary>
internal sealed class SeenLambda(LambdaTarget target, Observation seen) : IHostRevisions, IUpdateInPlace, ISplitTraffic
{
    public TrafficLimits Limits => seen.Properties.TryGetValue(LambdaObservation.Weights, out string? why) ? new TrafficLimits(100, 1) { Reason = why } : target.Limits;

    public static ImmutableArray<string> NotesOf(Observation seen) => seen.Properties.TryGetValue(LambdaObservation.Bypassed, out string? bypassed) ? [.. bypassed.Split('\n'), "Whoever calls the function without the alias gets what is being prepared as soon as it is written, whatever the traffic, and keeps it after a rollback until the next release."] : [];

    public Operation Install(Revision revision) => target.Install(Fitting(revision), seen);

    public Operation Remove(RevisionId revision) => target.Remove(revision);

    public Operation Update(Revision revision) => target.Update(Fitting(revision), seen);

    public Operation Clear(RevisionId installed) => target.Clear(installed);

    public Operation Route(TrafficSplit split) => target.Route(split);

    public Operation Shift(TrafficSplit before, TrafficSplit split) => target.Shift(before, split);

    public Operation Restore(TrafficSplit before, TrafficSplit split) => target.Restore(before, split);

    // docs.aws.amazon.com/lambda/latest/dg/gettingstarted-package.html, docs.aws.amazon.com/lambda/latest/dg/snapstart.html
    private Revision Fitting(Revision revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        if (target.KeepsWarm && seen.Properties.ContainsKey(LambdaObservation.Snapshots))
        {
            throw new DeploymentException($"The function of {target.Name} has SnapStart, with which AWS keeps no environments warm. Set ProvisionedConcurrency to null, or switch SnapStart off.");
        }

        bool isImage = revision.Release.Artifact.Kind == Artifact.ImageKind;
        return !seen.Properties.TryGetValue(LambdaObservation.Package, out string? package) || (package == "Image") == isImage ? revision
            : throw new DeploymentException($"The function of {target.Name} takes {(isImage ? "zips" : "images")}, which AWS never changes, and {revision.Release.Application} {revision.Release.Version} is {(isImage ? "an image" : "a zip")}. Make another function.");
    }
}
