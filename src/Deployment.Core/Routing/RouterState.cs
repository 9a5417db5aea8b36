using System.Collections.Immutable;

namespace Deployment.Routing;

/// <summary>What a router was seen to do.</summary>
public sealed record RouterState
{
    /// <summary>The table that it follows.</summary>
    public RoutingTable Table { get; init; } = RoutingTable.Empty;

    /// <summary>Whether it answers everything with a maintenance page.</summary>
    public bool InMaintenance { get; init; }

    /// <summary>For each application, the highest epoch of a run that changed it.</summary>
    public IReadOnlyDictionary<string, long> Epochs { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>What makes a deployment behind it impossible, each a sentence that says what to mend.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
