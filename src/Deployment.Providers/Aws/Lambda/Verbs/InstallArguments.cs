using System.Collections.Immutable;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <param name="Revision">The revision.</param>
/// <param name="Function">What its version is made of.</param>
internal sealed record InstallArguments(RevisionId Revision, FunctionSpec Function)
{
    /// <summary>What was seen that a reader of the plan should know.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Whether it stood when this was planned, so that it is one to go back to: that waits for nothing but that it can be invoked.</summary>
    public bool IsKept { get; init; }

    /// <summary>Who had the traffic when this was planned; null where nobody knows, or it goes back from whatever it finds.</summary>
    public TrafficSplit? From { get; init; }
}
