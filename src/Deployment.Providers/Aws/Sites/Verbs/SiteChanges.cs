using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>Says before a deployment what it would change in the bucket.</summary>
internal sealed class SiteChanges(SiteWork work, ISiteKind kind)
{
    public async Task<TargetChanges> OfAsync(Release release, CancellationToken cancellationToken)
    {
        string name = $"{release.Application} {release.Version}";
        string folder = release.Artifact.Package ?? throw new DeploymentException(SiteRelease.Refuses(release.Artifact)!);
        SiteContent? content = await ContentAsync(folder, release.Artifact.Sha256, cancellationToken);
        // A plan of a name that no revision has: a new one begins with nothing.
        SiteOutlook outlook = await kind.PlanAsync($"{release.Application}_{release.Version}", release.Artifact.Sha256!, content, cancellationToken);
        IReadOnlyList<string> problems = outlook.Plan?.Problem is { } problem ? [problem] : [];
        return outlook.IsKept ? Changes([$"{name}: nothing to upload; what is in it is kept in the bucket."]) with { Problems = problems }
            : outlook.Plan is { } plan ? Changes([.. SitePlanText.Of(plan with { Revision = name }).Split('\n', StringSplitOptions.RemoveEmptyEntries)]) with { Problems = problems }
            : Changes([]) with
            {
                Problems = [$"The folder {Naming.PrintableUpTo(folder, SiteKeys.Longest)} is gone, or has changed since the release was pinned, and what was in it isn't kept in the bucket. Build it again as it was, or make a new release."],
            };
    }

    private TargetChanges Changes(IReadOnlyList<string> lines) => new(work.Target, lines);

    /// <summary>Null where the folder has something else by now.</summary>
    private async Task<SiteContent?> ContentAsync(string folder, string? pinned, CancellationToken cancellationToken)
    {
        try
        {
            SiteContent content = await work.ScanAsync(folder, cancellationToken);
            return content.Hash == pinned ? content : null;
        }
        catch (DeploymentException)
        {
            // It was read when it was pinned, and is gone, or has what can't be served.
            return null;
        }
    }
}
