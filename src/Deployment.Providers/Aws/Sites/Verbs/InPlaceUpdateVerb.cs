using Deployment.Providers.Aws.CloudFront;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Stores a revision where the site lies, assets first and pages last. One that was there before comes back from what was kept of it.</summary>
internal sealed class InPlaceUpdateVerb(SiteWork work, OriginSwitch? caches) : Verb<SiteArguments>("update", Repeatability.Idempotent, SiteVerbJson.Default.SiteArguments)
{
    protected override VerbDescription Describe(SiteArguments arguments) => new(
        [
            .. SiteLines.Upload(work.Options, arguments.Folder, work.Place),
            .. caches is null ? [] : new[] { SiteLines.Aws(work.Options, "cloudfront", "create-invalidation", "--distribution-id", work.Options.Distribution!, "--paths", "/*") },
        ],
        $"All files of {arguments.Revision} are at {work.Place}, those that changed and no others stored anew; what it has no more is removed when the run has succeeded.",
        "The listing shows each file as it was stored, and the record beside the site names the revision.")
    {
        VerificationCommands = [SiteLines.Aws(work.Options, "s3", "cp", $"{work.Place}{SiteKeys.Served}", "-") + " | head -c 300"],
        Notes = [.. SiteLines.Notes(work.Options.Files), "While it takes place some users are served files of both revisions: assets come before the pages that need them, and hashed ones of the revision before stay.", SiteLines.KeptNote],
    };

    protected override async Task RunAsync(SiteArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        InPlaceSite site = work.InPlace(context);
        string revision = arguments.Revision.ToString();
        SiteState seen = await site.ReadRecordsAsync(cancellationToken);
        SiteManifest? kept = seen.Others.FirstOrDefault(manifest => manifest.Revision == revision && manifest.Content == arguments.Sha256);
        SiteContent? folder = kept is null ? await work.FindFolderAsync(arguments, cancellationToken) : null;
        kept ??= folder is null ? seen.Others.FirstOrDefault(manifest => manifest.Content == arguments.Sha256) : null;
        if (kept is not null)
        {
            foreach (string note in await site.GoBackAsync(seen.Served?.Revision ?? revision, kept.Revision, cancellationToken, name: revision, folder: stop => work.FindFolderAsync(arguments, stop)))
            {
                context.Report(note);
            }
        }
        else
        {
            await site.SwitchAsync(revision, folder ?? await work.ReadFolderAsync(arguments, cancellationToken), cancellationToken);
        }

        if (caches is not null)
        {
            await work.InvalidateAsync(caches, seen, (await site.ReadRecordsAsync(cancellationToken)).Served, context, cancellationToken);
        }
    }

    protected override async Task<string?> VerifyAsync(SiteArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        SiteState seen = await work.InPlace(context).ReadAsync(cancellationToken);
        if (seen.Served is not { } served || served.Revision != arguments.Revision.ToString())
        {
            return $"{work.Place} has {seen.Served?.Revision ?? "no revision"}.";
        }

        string? missing = served.Files.Where(file => file.Value.Age == 0 && !(seen.Objects.TryGetValue(file.Key, out ListedObject? found) && found.ETag == file.Value.ETag)).Select(file => file.Key).FirstOrDefault();
        return missing is null ? null : $"'{Releases.Naming.Printable(missing)}' isn't as it was stored: somebody else writes to the site.";
    }
}
