using Deployment.Providers.Aws.CloudFront;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Takes a first revision away again: what it stored goes, and what it took the place of comes back.</summary>
internal sealed class InPlaceClearVerb(SiteWork work, OriginSwitch? caches) : Verb<RemoveArguments>("clear", Repeatability.Idempotent, SiteVerbJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        [],
        $"{work.Place} is as it was before {arguments.Revision}.",
        "No record beside the site names a revision.")
    {
        Notes = [$"By hand: remove what the record {SiteKeys.Manifest(arguments.Revision.ToString())} lists. What somebody else had stored under the same names lies below {SiteKeys.Kept("")}.", SiteLines.KeptNote],
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        InPlaceSite site = work.InPlace(context);
        SiteState seen = await site.ReadRecordsAsync(cancellationToken);
        foreach (string note in await site.GoBackAsync(arguments.Revision.ToString(), null, cancellationToken))
        {
            context.Report(note);
        }

        if (caches is not null)
        {
            await work.InvalidateAsync(caches, seen, null, context, cancellationToken);
        }
    }

    protected override async Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        (await work.InPlace(context).ReadRecordsAsync(cancellationToken)).Served is { } served ? $"{work.Place} still has {served.Revision}." : null;
}
