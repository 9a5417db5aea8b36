using Deployment.Releases;

namespace Deployment.Routing;

/// <summary>A revision that a router knows, with its share of the requests.</summary>
public sealed record RoutedRevision
{
    /// <summary>Creates it.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="weight">Its share of the weights of all, 0 to 10,000. With 0 only testers reach it, and whoever previews it.</param>
    /// <param name="instances">Its instances, at least one, each in a slot of its own. Requests of the revision are spread evenly over them.</param>
    /// <exception cref="DeploymentException">The weight is outside its range, there is no instance, or a slot is named twice.</exception>
    public RoutedRevision(RevisionId revision, int weight, IEnumerable<RoutedInstance> instances)
    {
        ArgumentNullException.ThrowIfNull(revision);
        ArgumentNullException.ThrowIfNull(instances);
        Revision = revision;
        Weight = weight is >= 0 and <= 10_000 ? weight : throw new DeploymentException($"{revision} can't be routed with the weight {weight}: take 0 to 10000.");
        Instances = [.. instances];
        if (Instances.Count == 0)
        {
            throw new DeploymentException($"{revision} can't be routed: it has no instance.");
        }

        if (Instances.GroupBy(instance => instance.Slot, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            throw new DeploymentException($"{revision} can't be routed: it has two instances in the slot '{Naming.Printable(twice.Key)}'.");
        }
    }

    /// <summary>The revision.</summary>
    public RevisionId Revision { get; }

    /// <summary>Its share of the weights of all.</summary>
    public int Weight { get; }

    /// <summary>Its instances.</summary>
    public IReadOnlyList<RoutedInstance> Instances { get; }

    /// <inheritdoc/>
    public bool Equals(RoutedRevision? other) => other is not null && Revision == other.Revision && Weight == other.Weight && Instances.SequenceEqual(other.Instances);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Revision, Weight, Instances.Count);

    /// <summary>Such as <c>shop_1.1.0_1=10 on 1=127.0.0.1:20001</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Revision}={Weight} on {string.Join(' ', Instances.Select(instance => FormattableString.Invariant($"{instance.Slot}={instance.Host}:{instance.Port}")))}");
}
