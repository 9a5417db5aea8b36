using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Lets go of a revision that nobody is served. One that had users is kept a while for a way back.</summary>
internal sealed class AtomicRemoveVerb(SiteWork work, AtomicRevisions revisions) : Verb<RemoveArguments>("remove", Repeatability.Idempotent, SiteVerbJson.Default.RemoveArguments)
{
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        [SiteLines.Aws(work.Options, "s3", "rm", "--recursive", $"s3://{work.Options.Files.Bucket}{revisions.PathOf(arguments.Revision.ToString())}/")],
        $"{arguments.Revision} stands no more. {(work.Options.KeptRevisions == 0 ? "Its files go once the run has succeeded." : $"The files of the last {work.Options.KeptRevisions} that had users are kept.")}",
        "The revision has no record, or one that says that it is kept for a way back alone.");

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        string revision = arguments.Revision.ToString();
        if (await revisions.ServedAsync(cancellationToken) == arguments.Revision)
        {
            throw new DeploymentException($"{revision} can't be removed from {work.Target}: users are served from it. Switch to another revision first. Nothing was changed.");
        }

        AtomicSite site = revisions.Site(context);
        SiteManifest? manifest = (await revisions.ReadAsync(cancellationToken)).FirstOrDefault(made => made.Revision == revision);
        if (manifest?.HadUsers == true)
        {
            await site.MarkAsync(revision, hadUsers: null, isRetired: true, cancellationToken);
        }
        else
        {
            await site.RemoveAsync(revision, cancellationToken);
        }
    }

    protected override async Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        (await revisions.ReadAsync(cancellationToken)).Any(manifest => manifest.Revision == arguments.Revision.ToString() && !manifest.IsRetired) ? $"{arguments.Revision} still stands." : null;
}
