using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>What an atomic site offers to strategies, where its origin was seen at some path.</summary>
internal sealed class AtomicCapabilities(string target, string originPath, AtomicInstallVerb install, AtomicRemoveVerb remove, AtomicRouteVerb route) : IHostRevisions, ISplitTraffic
{
    private const int AtOnce = 100;

    /// <summary>An origin has one path.</summary>
    public TrafficLimits Limits { get; } = new(AtOnce, 1);

    public Operation Install(Revision revision) => install.Of(target, SiteRelease.ArgumentsOf(revision));

    public Operation Remove(RevisionId revision) => remove.Of(target, new RemoveArguments(revision));

    public Operation Route(TrafficSplit split) => route.Of(target, new SwitchArguments(split, originPath));
}
