using System.Collections.Immutable;
using Deployment.Providers.Docker.Containers;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;

namespace Deployment.Providers.Docker;

/// <summary>What a target's containers and its router add up to.</summary>
internal static class DockerObservation
{
    public static Observation Of(string target, IReadOnlyList<Container> seen, RouterState? routed, DockerTargetOptions options)
    {
        SlotTable slots = routed is null ? Held(seen) : routed.Table.Slots;
        return new Observation
        {
            Target = target,
            Revisions = [.. seen.Where(container => container.Stands).GroupBy(container => container.Revision).OrderBy(revision => revision.Key.ToString(), StringComparer.Ordinal).Select(Of)],
            Traffic = routed is null ? slots.Traffic : routed.Table.Traffic,
            Slots = slots,
            Epochs = Epochs(seen, routed),
            Properties = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("hosts", string.Join(", ", options.Hosts.Select(host => host.Name)))]),
            Problems = routed?.Problems ?? [],
        };
    }

    private static ObservedRevision Of(IGrouping<RevisionId, Container> revision) => new(
        revision.Key,
        revision.Count(container => container.Runs),
        [.. revision.Where(container => container is { Runs: true, Port: not null }).Select(container => new UriBuilder(Uri.UriSchemeHttp, container.Host.Address, container.Port!.Value).Uri)]);

    /// <summary>Without a router what Docker is to keep running is what serves. In a slot that is just being changed that is one revision, or none.</summary>
    private static SlotTable Held(IReadOnlyList<Container> seen) => new(seen
        .Where(container => container.Restart != "no")
        .GroupBy(container => container.Slot)
        .Select(slot => KeyValuePair.Create(slot.Key, slot.OrderByDescending(container => container.Epoch).First().Revision)));

    private static ImmutableSortedDictionary<string, long> Epochs(IReadOnlyList<Container> seen, RouterState? routed) => seen
        .Select(container => KeyValuePair.Create(container.Revision.Application, container.Epoch))
        .Concat(routed?.Epochs ?? ImmutableSortedDictionary<string, long>.Empty)
        .GroupBy(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal)
        .ToImmutableSortedDictionary(application => application.Key, application => application.Max(), StringComparer.Ordinal);
}
