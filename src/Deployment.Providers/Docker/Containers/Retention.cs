using Deployment.Releases;

namespace Deployment.Providers.Docker.Containers;

/// <summary>Which ended containers of a target are too old to be kept. Of those that had users the last revisions stay: they can be started at once, and their images are on the host.</summary>
internal static class Retention
{
    /// <param name="all">The target's containers, on all hosts.</param>
    /// <param name="kept">How many revisions that had users and don't run stay.</param>
    public static IReadOnlyList<Container> TooOld(IReadOnlyList<Container> all, int kept)
    {
        Container[] live = [.. all.Where(container => container is { Stands: true, HasServed: true })];
        if (live.Length == 0)
        {
            return [];
        }

        string application = live[0].Revision.Application;
        long since = live.Max(container => container.Epoch);
        HashSet<RevisionId> standing = [.. all.Where(container => container.Stands).Select(container => container.Revision)];
        IGrouping<RevisionId, Container>[] ended = [.. all
            .Where(container => container.Revision.Application == application && !standing.Contains(container.Revision))
            .GroupBy(container => container.Revision)];
        return
        [
            .. ended.Where(HadUsers).OrderByDescending(revision => revision.Max(container => container.Ended)).Skip(kept).SelectMany(revision => revision),
            // Its log may still be wanted until something newer is live.
            .. ended.Where(revision => !HadUsers(revision) && revision.All(container => container.Epoch < since)).SelectMany(revision => revision),
        ];
    }

    private static bool HadUsers(IEnumerable<Container> revision) => revision.Any(container => container.HasServed);
}
