using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Stores a revision below a prefix of its own, where nobody is served from yet.</summary>
internal sealed class AtomicInstallVerb(SiteWork work, AtomicRevisions revisions) : Verb<SiteArguments>("install", Repeatability.Idempotent, SiteVerbJson.Default.SiteArguments)
{
    protected override VerbDescription Describe(SiteArguments arguments) => new(
        SiteLines.Upload(work.Options, arguments.Folder, Place(arguments.Revision)),
        $"All files of {arguments.Revision} are at {Place(arguments.Revision)}, with the hashed assets of the revision before, and nobody is served them.",
        "The listing shows each file as it was stored.")
    {
        VerificationCommands = [SiteLines.Aws(work.Options, "s3", "ls", "--recursive", "--summarize", Place(arguments.Revision))],
        Notes = SiteLines.Notes,
    };

    protected override async Task RunAsync(SiteArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        AtomicSite site = revisions.Site(context);
        string revision = arguments.Revision.ToString();
        if (!await StandsAsync(arguments, cancellationToken))
        {
            string? served = (await revisions.ServedAsync(cancellationToken))?.ToString();
            if ((await revisions.ReadAsync(cancellationToken)).FirstOrDefault(made => made.Content == arguments.Sha256 && made.Revision != revision) is { } same)
            {
                await site.InstallFromAsync(revision, same, served, cancellationToken);
            }
            else
            {
                await site.InstallAsync(revision, await work.ReadFolderAsync(arguments, cancellationToken), served, cancellationToken);
            }
        }

        await site.MarkAsync(revision, hadUsers: null, isRetired: false, cancellationToken);
    }

    protected override async Task<string?> VerifyAsync(SiteArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        await StandsAsync(arguments, cancellationToken) ? null : $"{arguments.Revision} isn't whole at {Place(arguments.Revision)}.";

    private string Place(RevisionId revision) => $"s3://{work.Options.Files.Bucket}{revisions.PathOf(revision.ToString())}/";

    private async Task<bool> StandsAsync(SiteArguments arguments, CancellationToken cancellationToken)
    {
        SiteManifest? manifest = (await revisions.ReadAsync(cancellationToken)).FirstOrDefault(made => made.Revision == arguments.Revision.ToString());
        if (manifest is null || manifest.Content != arguments.Sha256)
        {
            return false;
        }

        string root = revisions.PathOf(manifest.Revision)[1..] + "/";
        Dictionary<string, ListedObject> found = await work.Bucket.ListAsync(root, cancellationToken);
        return manifest.Files.All(file => found.TryGetValue(root + file.Key, out ListedObject? seen) && seen.Size == file.Value.Size && (file.Value.ETag ?? seen.ETag) == seen.ETag);
    }
}
