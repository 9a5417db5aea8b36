using Deployment.Store;

namespace Deployment.Planning;

/// <summary>What became of the artifacts with one digest in one environment.</summary>
internal sealed record ReleaseVerdict
{
    /// <summary>The run by which they passed; null when they did not, or were gone back from since.</summary>
    internal RunRecord? Passed { get; init; }

    /// <summary>The run by which they were taken back; null when they were not, or came back since.</summary>
    internal RunRecord? RolledBack { get; init; }

    /// <summary>The last run that ended.</summary>
    internal required RunRecord Last { get; init; }
}
