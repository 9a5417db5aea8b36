using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>One of the two ways in which a site is served.</summary>
internal interface ISiteKind
{
    IReadOnlyList<Verb> Verbs { get; }

    Task<Observation> ObserveAsync(CancellationToken cancellationToken);

    /// <summary>What a release would change; null where a copy of it stands or is kept, from which it is made.</summary>
    /// <param name="revision">A name that no revision has.</param>
    /// <param name="content">What is in its folder.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<SitePlan?> PlanAsync(string revision, SiteContent content, CancellationToken cancellationToken);

    /// <summary>Whether a release can be made without its folder.</summary>
    Task<bool> KeepsAsync(string content, CancellationToken cancellationToken);

    /// <summary>What it offers in the state that was seen.</summary>
    object Capabilities(Observation seen);

    Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken);
}
