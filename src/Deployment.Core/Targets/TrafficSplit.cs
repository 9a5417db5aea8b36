using System.Globalization;
using System.Text.Json.Serialization;
using Deployment.Json;
using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>Which revision takes which share of the traffic, in percent. Empty when none is served.</summary>
[JsonConverter(typeof(TrafficSplitConverter))]
public sealed class TrafficSplit : IEquatable<TrafficSplit>
{
    private readonly SortedDictionary<string, int> _shares = new(StringComparer.Ordinal);

    /// <summary>Creates a split. Revisions with a share of zero are left out.</summary>
    /// <exception cref="DeploymentException">A share is outside 0 to 100, a revision is named twice, or the shares add up to neither 0 nor 100.</exception>
    public TrafficSplit(IEnumerable<KeyValuePair<RevisionId, int>> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        foreach ((RevisionId revision, int percent) in shares)
        {
            if (percent is < 0 or > 100)
            {
                throw new DeploymentException($"{revision} can't take {percent}% of the traffic: a share is 0 to 100.");
            }

            if (percent > 0 && !_shares.TryAdd(revision.ToString(), percent))
            {
                throw new DeploymentException($"The traffic split names {revision} twice.");
            }
        }

        if (_shares.Values.Sum() is not (0 or 100) and int sum)
        {
            throw new DeploymentException($"The traffic split adds up to {sum}%; it must be 100, or empty.");
        }
    }

    /// <summary>No revision is served.</summary>
    public static TrafficSplit None { get; } = new([]);

    /// <summary>Whether no revision is served.</summary>
    public bool IsEmpty => _shares.Count == 0;

    /// <summary>The revisions that take traffic, with their shares, ordered by id.</summary>
    public IReadOnlyList<KeyValuePair<RevisionId, int>> Shares =>
        [.. _shares.Select(share => KeyValuePair.Create(RevisionId.Parse(share.Key), share.Value))];

    /// <summary>All traffic to one revision.</summary>
    public static TrafficSplit AllTo(RevisionId revision) => new([KeyValuePair.Create(revision, 100)]);

    /// <summary>The share of a revision, 0 when it takes none.</summary>
    public int ShareOf(RevisionId revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        return _shares.GetValueOrDefault(revision.ToString());
    }

    /// <inheritdoc/>
    public bool Equals(TrafficSplit? other) => other is not null && _shares.SequenceEqual(other._shares);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TrafficSplit);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Such as <c>shop_1.0.0_1=90,shop_1.1.0_1=10</c>, or <c>none</c>.</summary>
    public override string ToString() => IsEmpty
        ? "none"
        : string.Join(',', _shares.Select(share => string.Create(CultureInfo.InvariantCulture, $"{share.Key}={share.Value}")));
}
