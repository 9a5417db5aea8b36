using Deployment.Providers.Aws.CloudFront;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Switches the distribution to a revision, waits until all edges have it, and drops what is old then from the caches.</summary>
internal sealed class AtomicRouteVerb(SiteWork work, AtomicRevisions revisions, OriginSwitch origin) : Verb<SwitchArguments>("route", Repeatability.Idempotent, SiteVerbJson.Default.SwitchArguments)
{
    protected override VerbDescription Describe(SwitchArguments arguments) => new(
        SiteLines.Switch(work.Options, PathOf(arguments)),
        $"All edges of {work.Options.Distribution} have the origin path '{PathOf(arguments)}'{(work.Options.InvalidationPaths == 0 ? "" : ", and their caches drop what changed")}.",
        "The distribution is deployed and has that origin path.")
    {
        VerificationCommands = [SiteLines.Aws(work.Options, "cloudfront", "get-distribution", "--id", work.Options.Distribution!, "--query", "Distribution.[Status, DistributionConfig.Origins.Items[].OriginPath]")],
        Notes =
        [
            "It takes minutes until all edges have another origin path. Meanwhile some users are served the revision before: their pages find their hashed assets at both.",
            .. work.Options.InvalidationPaths == 0 ? [] : new[] { "Caches are told to drop files only once all edges have the path: what is dropped earlier may come back old." },
        ],
    };

    protected override async Task RunAsync(SwitchArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        string path = PathOf(arguments);
        IReadOnlyList<SiteManifest> standing = await revisions.ReadAsync(cancellationToken);
        SiteManifest? to = Wanted(arguments, standing);
        (Distribution distribution, DistributionOrigin before) = await origin.ReadAsync(cancellationToken);
        if (before.Path != path)
        {
            await PrepareAsync(to, revisions.At(before.Path, standing), context, cancellationToken);
        }

        await origin.SwitchAsync(path, found => found == arguments.Seen || revisions.IsOurs(found), context, cancellationToken);
        if (work.Options.InvalidationPaths > 0)
        {
            IReadOnlyList<string> paths = Changed(to, before.Path == path ? null : before.Path, standing, distribution.DefaultRootObject);
            await origin.InvalidateAsync(paths, CacheChange.Reference(context, paths), work.Options.WaitForInvalidation, context, cancellationToken);
        }
    }

    protected override async Task<string?> VerifyAsync(SwitchArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        (Distribution distribution, DistributionOrigin seen) = await origin.ReadAsync(cancellationToken);
        return seen.Path != PathOf(arguments) ? $"The origin is at '{Naming.PrintableUpTo(seen.Path, 300)}'."
            : !distribution.IsDeployed ? "The distribution isn't deployed: somebody else has changed it since."
            : null;
    }

    private string PathOf(SwitchArguments arguments) => arguments.Split.IsEmpty ? Foreign(arguments.Seen) : revisions.PathOf(arguments.Split.Shares[0].Key.ToString());

    // Back from a first deployment: to what was served before any.
    private string Foreign(string seen) => revisions.IsOurs(seen) ? "" : seen;

    private SiteManifest? Wanted(SwitchArguments arguments, IReadOnlyList<SiteManifest> standing)
    {
        if (arguments.Split.IsEmpty)
        {
            return null;
        }

        RevisionId wanted = arguments.Split.Shares[0].Key;
        return standing.FirstOrDefault(manifest => manifest.Revision == wanted.ToString())
            ?? throw new DeploymentException($"{wanted} can't be served from {work.Target}: it doesn't stand whole there. Install it first. Nothing was changed.");
    }

    /// <summary>While edges change over both are served, whichever page and asset comes from where; so each has the other's hashed assets.</summary>
    private async Task PrepareAsync(SiteManifest? to, RevisionId? from, EffectContext context, CancellationToken cancellationToken)
    {
        AtomicSite site = revisions.Site(context);
        if (to is not null)
        {
            await site.MarkAsync(to.Revision, hadUsers: true, isRetired: false, cancellationToken);
        }

        if (from is not null && to is not null)
        {
            await site.ShareAsync(to.Revision, from.ToString(), cancellationToken);
            await site.ShareAsync(from.ToString(), to.Revision, cancellationToken);
        }
    }

    /// <summary>What caches may have that is no more what is served: of the revision before; of any that had users, where it isn't known which that was.</summary>
    private IReadOnlyList<string> Changed(SiteManifest? to, string? before, IReadOnlyList<SiteManifest> standing, string rootObject)
    {
        SiteManifest[] cached = [.. standing.Where(manifest => manifest.Revision != to?.Revision && (before is null ? manifest.HadUsers : revisions.PathOf(manifest.Revision) == before))];
        return to is null || (before is not null && cached.Length == 0) ? [InvalidationPaths.All] : CacheChange.Paths(cached, to, work.Options.InvalidationPaths, rootObject);
    }
}
