using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>One of the two ways in which a site is served.</summary>
internal interface ISiteKind
{
    IReadOnlyList<Verb> Verbs { get; }

    Task<Observation> ObserveAsync(CancellationToken cancellationToken);

    /// <summary>What a release would change.</summary>
    /// <param name="revision">A name that no revision has.</param>
    /// <param name="hash">What it is made of: <see cref="SiteContent.Hash"/>.</param>
    /// <param name="content">What is in its folder; null where it has something else by now.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<SiteOutlook> PlanAsync(string revision, string hash, SiteContent? content, CancellationToken cancellationToken);

    /// <summary>What it offers in the state that was seen.</summary>
    object Capabilities(Observation seen);

    Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken);
}
