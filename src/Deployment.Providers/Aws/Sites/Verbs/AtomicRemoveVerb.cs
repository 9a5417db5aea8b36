using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Lets go of a revision that nobody is served. One that had users is kept a while for a way back.</summary>
internal sealed class AtomicRemoveVerb(SiteWork work, AtomicRevisions revisions) : Verb<RemoveArguments>("remove", Repeatability.Idempotent, SiteVerbJson.Default.RemoveArguments)
{
    // The record goes first: who finds it takes the revision for whole.
    protected override VerbDescription Describe(RemoveArguments arguments) => new(
        [
            SiteLines.Aws(work.Options, "s3", "rm", $"s3://{work.Options.Files.Bucket}/{work.Options.Files.Prefix}{SiteKeys.Manifest(arguments.Revision.ToString())}"),
            SiteLines.Aws(work.Options, "s3", "rm", "--recursive", revisions.Place(arguments.Revision)),
        ],
        $"{arguments.Revision} stands no more. {(work.Options.KeptRevisions == 0 ? "Its files go once the run has succeeded." : $"The files of the last {work.Options.KeptRevisions} that had users are kept.")}",
        "The revision has no record, or one that says that it is kept for a way back alone.")
    {
        Notes = ["By hand all that lies there goes, whoever stored it, and no revision is kept: leave the lines out for one that you may want to go back to."],
    };

    protected override async Task RunAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await revisions.Claim.FenceAsync(context, cancellationToken);
        AtomicView view = await revisions.ReadAsync(cancellationToken);
        string revision = arguments.Revision.ToString();
        if (view.Served?.Revision == revision)
        {
            throw new DeploymentException($"{revision} can't be removed from {work.Target}: users are served from it. Switch to another revision first. Nothing was changed.");
        }

        AtomicSite site = revisions.Site(context);
        if (view.Find(revision) is { HadUsers: true } made)
        {
            await site.MarkAsync(made, hadUsers: true, isRetired: true, cancellationToken);
        }
        else
        {
            await site.RemoveAsync(revision, view.Records, cancellationToken);
        }
    }

    protected override async Task<string?> VerifyAsync(RemoveArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        await revisions.Reader().FindAsync(arguments.Revision.ToString(), cancellationToken) is { IsRetired: false } ? $"{arguments.Revision} still stands." : null;
}
