using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Stores a revision below a prefix of its own, where nobody is served from yet.</summary>
internal sealed class AtomicInstallVerb(SiteWork work, AtomicRevisions revisions) : Verb<SiteArguments>("install", Repeatability.Idempotent, SiteVerbJson.Default.SiteArguments)
{
    protected override VerbDescription Describe(SiteArguments arguments) => new(
        SiteLines.Upload(work.Options, arguments.Folder, revisions.Place(arguments.Revision)),
        $"All files of {arguments.Revision} are at {revisions.Place(arguments.Revision)}, with the hashed assets of the revision before, and nobody is served them.",
        "The listing shows each file as it was stored.")
    {
        VerificationCommands = [SiteLines.Aws(work.Options, "s3", "ls", "--recursive", "--summarize", revisions.Place(arguments.Revision))],
        Notes = SiteLines.Notes(work.Options.Files),
    };

    protected override async Task RunAsync(SiteArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        await revisions.Claim.FenceAsync(context, cancellationToken);
        AtomicView view = await revisions.ReadAsync(cancellationToken);
        AtomicSite site = revisions.Site(context);
        SiteManifest? made = view.Find(arguments.Revision.ToString());
        if (made?.Content != arguments.Sha256 || await site.MissingAsync(made, cancellationToken) is not null)
        {
            made = await InstallAsync(site, arguments, view, cancellationToken);
        }

        await site.MarkAsync(made, made.HadUsers, isRetired: false, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(SiteArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        SiteManifest? made = await revisions.Reader().FindAsync(arguments.Revision.ToString(), cancellationToken);
        return await revisions.ProblemAsync(arguments.Revision, made?.Content == arguments.Sha256 ? made : null, cancellationToken);
    }

    private async Task<SiteManifest> InstallAsync(AtomicSite site, SiteArguments arguments, AtomicView view, CancellationToken cancellationToken)
    {
        string revision = arguments.Revision.ToString();
        SiteManifest? whole = await site.FindWholeAsync(arguments.Sha256, revision, view.Records, cancellationToken);
        // What is compressed otherwise by now can only be made from the folder. Where that is gone, it is served as it was.
        SiteContent? content = whole is null ? await work.ReadFolderAsync(arguments, cancellationToken) : site.IsStoredAlike(whole) ? null : await work.FindFolderAsync(arguments, cancellationToken);
        return await site.InstallAsync(
            content is not null
                ? await site.PlanAsync(revision, content, view.Served, view.Records, cancellationToken)
                : await site.PlanFromAsync(revision, whole!, view.Served, view.Records, cancellationToken),
            cancellationToken);
    }
}
