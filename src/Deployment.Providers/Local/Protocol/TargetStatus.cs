using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>One target, as seen at this moment.</summary>
internal sealed record TargetStatus
{
    public required string Application { get; init; }

    /// <summary>The public port; null before anything was routed.</summary>
    public int? Port { get; set; }

    /// <summary>The router's process; null when none runs.</summary>
    public int? RouterProcessId { get; set; }

    /// <summary>The table that the router's file holds.</summary>
    public long Generation { get; set; }

    /// <summary>Which requests are its, and what else its router does; null before anything was routed.</summary>
    public SiteRules? Rules { get; set; }

    /// <summary>Whether everything is answered with a maintenance page.</summary>
    public bool Maintenance { get; set; }

    /// <summary>Whether requests are held.</summary>
    public bool Paused { get; set; }

    /// <summary>Who gets copies of requests for a deployment; null when none are asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MirrorRequest? Mirror { get; set; }

    /// <summary>Percent by revision id.</summary>
    public ImmutableSortedDictionary<string, int> Traffic { get; set; } = ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>The revision that answers in each slot; empty where revisions share the traffic by weight.</summary>
    public ImmutableSortedDictionary<int, string> Slots { get; set; } = ImmutableSortedDictionary<int, string>.Empty;

    /// <summary>By id.</summary>
    public ImmutableSortedDictionary<string, RevisionStatus> Revisions { get; set; } = ImmutableSortedDictionary.Create<string, RevisionStatus>(StringComparer.Ordinal);
}
