using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>What a router answers about one of its targets.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Table">The table that it follows.</param>
/// <param name="InFlight">Requests in flight by revision, also of revisions that are no longer in the table.</param>
internal sealed record RouterStatus(int ProcessId, RouteTable Table, ImmutableSortedDictionary<string, long> InFlight)
{
    /// <summary>The certificates that clients get.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ImmutableArray<CertificateStatus> Certificates { get; set; }

    /// <summary>The preview port that it listens on; null for none, also where its table names one that somebody else had when it started.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PreviewPort { get; set; }

    /// <summary>Requests in flight by the port of the instance, also of instances that are no longer in the table; null from a router of an earlier version.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<int, long>? InFlightByPort { get; set; }

    /// <summary>Requests that are still on revisions that take no new ones.</summary>
    public ImmutableSortedDictionary<string, long> Draining() =>
        InFlight.Where(entry => entry.Value > 0 && !Table.Revisions.ContainsKey(entry.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Requests that are still on some instances, by the instance's name.</summary>
    /// <param name="instances">The names, by port.</param>
    public ImmutableSortedDictionary<string, long> On(IReadOnlyDictionary<int, string> instances)
    {
        // A router of an earlier version, which retires, can't tell: they may be on any.
        IEnumerable<KeyValuePair<string, long>> left = InFlightByPort is { } ports
            ? instances.Select(instance => KeyValuePair.Create(instance.Value, ports.GetValueOrDefault(instance.Key)))
            : [KeyValuePair.Create("an instance", InFlight.Values.Sum())];
        return left.Where(entry => entry.Value > 0).ToImmutableSortedDictionary(StringComparer.Ordinal);
    }
}
