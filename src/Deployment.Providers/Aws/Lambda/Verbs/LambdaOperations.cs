using Deployment.Providers.Aws.Lambda.Code;
using Deployment.Providers.Aws.Lambda.Versions;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>What the verbs of one target share.</summary>
/// <param name="place">Its function and alias.</param>
/// <param name="packages">Its code.</param>
/// <param name="lines">What a person types.</param>
/// <param name="options">How it brings its releases.</param>
internal sealed class LambdaOperations(LambdaPlace place, CodePackages packages, LambdaLines lines, LambdaTargetOptions options)
{
    public LambdaPlace Place { get; } = place;

    public CodePackages Packages { get; } = packages;

    public LambdaLines Lines { get; } = lines;

    public LambdaTargetOptions Options { get; } = options;

    public FunctionWaiting Waiting(EffectContext context) => new(Place, Options.ReadyTimeout, context);

    public VersionInstall Install(EffectContext context) => new(Place, Packages, Waiting(context), context);

    public AliasChange Alias(EffectContext context) => new(Place, Waiting(context), context);

    public LatestMark Latest(EffectContext context) => new(Place, Waiting(context), context);

    public VersionRemoval Removal(EffectContext context) => new(Place, Alias(context), context);

    /// <summary>Null when the alias splits its traffic so, else what is seen.</summary>
    public async Task<string?> VerifyAsync(TrafficSplit split, CancellationToken cancellationToken)
    {
        FunctionView seen = await Place.LookAsync(cancellationToken);
        return seen.Shares.Problem ?? (seen.Traffic.Equals(split) ? null : $"The alias {Place.Alias} of {Place.Function} routes {seen.Traffic}.");
    }
}
