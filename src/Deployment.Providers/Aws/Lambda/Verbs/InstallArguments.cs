using System.Collections.Immutable;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <param name="Revision">The revision.</param>
/// <param name="Function">What its version is made of.</param>
internal sealed record InstallArguments(RevisionId Revision, FunctionSpec Function)
{
    /// <summary>What was seen that a reader of the plan should know.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}
