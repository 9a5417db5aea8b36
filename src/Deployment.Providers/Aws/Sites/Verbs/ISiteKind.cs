using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>One of the two ways in which a site is served.</summary>
internal interface ISiteKind
{
    IReadOnlyList<Verb> Verbs { get; }

    Task<Observation> ObserveAsync(CancellationToken cancellationToken);

    /// <summary>What it offers in the state that was seen.</summary>
    object Capabilities(Observation seen);

    Task TidyUpAsync(EffectContext context, CancellationToken cancellationToken);
}
