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
        "The distribution has that origin path, and all files of the revision are there.")
    {
        VerificationCommands = [SiteLines.Aws(work.Options, "cloudfront", "get-distribution", "--id", work.Options.Distribution!, "--query", "Distribution.[Status, DistributionConfig.Origins.Items[].OriginPath]")],
        Notes =
        [
            "It takes minutes until all edges have another origin path. Meanwhile some users are served the revision before: their pages find their hashed assets at both.",
            $"The step waits for them up to {work.Options.EdgeTimeout}. Where the strategy's Retry.Timeout is shorter, each attempt goes on waiting where the one before stopped.",
            .. work.Options.InvalidationPaths == 0 ? [] : new[] { "Caches are told to drop files only once all edges have the path: what is dropped earlier may come back old." },
        ],
    };

    protected override async Task RunAsync(SwitchArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        string path = PathOf(arguments);
        AtomicView view = await revisions.ReadAsync(cancellationToken);
        SiteManifest? to = Wanted(arguments) is { } wanted ? await RequireAsync(wanted, view, cancellationToken) : null;
        IReadOnlyList<SiteManifest> made = to is null ? view.Made : await PrepareAsync(to, view, context, cancellationToken);
        await origin.SwitchAsync(path, () => revisions.Claim.TakeAsync(arguments, path, context, cancellationToken), context, cancellationToken);
        if (work.Options.InvalidationPaths > 0)
        {
            IReadOnlyList<string> paths = Changed(to is null ? null : revisions.At(path, made), arguments.Seen == path ? null : arguments.Seen, made, view.Distribution.DefaultRootObject);
            await origin.InvalidateAsync(paths, CacheChange.Reference(context, paths), work.Options.WaitForInvalidation, context, cancellationToken);
        }
    }

    // Not whether it is deployed: somebody may have changed something else of the distribution since.
    protected override async Task<string?> VerifyAsync(SwitchArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        (_, DistributionOrigin seen) = await origin.ReadAsync(cancellationToken);
        return seen.Path != PathOf(arguments) ? $"The origin is at '{Naming.PrintableUpTo(seen.Path, 300)}'."
            : Wanted(arguments) is { } wanted ? await revisions.ProblemAsync(wanted, await revisions.Reader().FindAsync(wanted.ToString(), cancellationToken), cancellationToken)
            : null;
    }

    private static RevisionId? Wanted(SwitchArguments arguments) => arguments.Split.IsEmpty ? null : arguments.Split.Shares[0].Key;

    private string PathOf(SwitchArguments arguments) => Wanted(arguments) is { } wanted ? revisions.PathOf(wanted.ToString()) : Foreign(arguments.Seen);

    // Back from a first deployment: to what was served before any.
    private string Foreign(string seen) => revisions.IsRevision(seen) ? "" : seen;

    private async Task<SiteManifest> RequireAsync(RevisionId wanted, AtomicView view, CancellationToken cancellationToken)
    {
        SiteManifest? to = view.Find(wanted.ToString());
        return await revisions.ProblemAsync(wanted, to, cancellationToken) is { } problem
            ? throw new DeploymentException($"{wanted} can't be served from {work.Target}: {problem} Deploy that release again. Nothing was changed.")
            : to!;
    }

    /// <summary>While edges change over both are served, whichever page and asset comes from where; so each has the other's hashed assets.</summary>
    /// <returns>The manifests as they are then.</returns>
    private async Task<IReadOnlyList<SiteManifest>> PrepareAsync(SiteManifest to, AtomicView view, EffectContext context, CancellationToken cancellationToken)
    {
        AtomicSite site = revisions.Site(context);
        to = await site.MarkAsync(to, hadUsers: true, isRetired: false, cancellationToken);
        SiteManifest? from = view.Served?.Revision == to.Revision ? null : view.Served;
        if (from is not null)
        {
            from = await site.ShareAsync(to, from, cancellationToken);
            to = await site.ShareAsync(from, to, cancellationToken);
        }

        return [.. view.Made.Select(manifest => manifest.Revision == to.Revision ? to : manifest.Revision == from?.Revision ? from : manifest)];
    }

    /// <summary>
    /// What caches may have that is no more what is served: of the revision that was planned from; of any that had users, where that is this one. Where the
    /// origin is by now says nothing: a step that is repeated finds it moved, and must drop the same once more.
    /// </summary>
    private IReadOnlyList<string> Changed(SiteManifest? to, string? before, IReadOnlyList<SiteManifest> made, string rootObject)
    {
        SiteManifest[] cached = [.. made.Where(manifest => manifest.Revision != to?.Revision && (before is null ? manifest.HadUsers : revisions.PathOf(manifest.Revision) == before))];
        return before is not null && cached.Length == 0 ? [InvalidationPaths.All] : CacheChange.Paths(cached, to, work.Options.InvalidationPaths, rootObject);
    }
}
