using System.Collections.Immutable;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>A target's function and alias, and who is asked about them.</summary>
/// <param name="target">The target's name.</param>
/// <param name="function">The function's name.</param>
/// <param name="alias">The alias's name.</param>
/// <param name="api">AWS Lambda.</param>
internal sealed class LambdaPlace(string target, string function, string alias, ILambda api)
{
    public string Target { get; } = target;

    public string Function { get; } = function;

    public string Alias { get; } = alias;

    public ILambda Api { get; } = api;

    /// <summary>Looks at the function, its versions and the alias.</summary>
    /// <exception cref="AwsFailure">It isn't there, or can't be asked about.</exception>
    public async Task<FunctionView> LookAsync(CancellationToken cancellationToken)
    {
        FunctionConfiguration latest = await Api.GetFunctionConfigurationAsync(Function, null, cancellationToken);
        // The alias comes after the versions, so what it names is among them unless it was made in between.
        IReadOnlyList<FunctionConfiguration> versions = await Api.ListVersionsByFunctionAsync(Function, cancellationToken);
        AliasConfiguration? alias = await FindAliasAsync(cancellationToken);
        return new FunctionView(Target, latest, alias, Numbered(versions));
    }

    /// <summary>The alias; null where there is none.</summary>
    public async Task<AliasConfiguration?> FindAliasAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Api.GetAliasAsync(Function, Alias, cancellationToken);
        }
        catch (AwsFailure failure) when (failure.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>The version that a revision is.</summary>
    /// <exception cref="DeploymentException">It isn't there.</exception>
    public NumberedVersion VersionOf(FunctionView view, RevisionId revision) => view.Find(revision)
        ?? throw new DeploymentException($"{revision} doesn't stand on {Target}: the function {Function} has no version of it. Install it first.");

    private static ImmutableArray<NumberedVersion> Numbered(IReadOnlyList<FunctionConfiguration> versions) =>
    [
        .. versions.Where(version => !version.IsLatest)
            .Select(version => AliasShares.TryNumber(version.Version, out int number) ? new NumberedVersion(number, VersionName.TryParse(version.Description, out VersionName? name) ? name : null, version) : null)
            .OfType<NumberedVersion>()
            .OrderBy(version => version.Number),
    ];
}
