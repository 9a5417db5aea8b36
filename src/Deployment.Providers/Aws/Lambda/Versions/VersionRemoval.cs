using System.Globalization;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>
/// Removes versions. One that is newer than what users have never got beyond its trial and is deleted; an older one had users and is kept for a while, without
/// its warm environments, which cost money.
/// </summary>
internal sealed class VersionRemoval(LambdaPlace place, AliasChange alias, EffectContext context)
{
    /// <summary>Removes the version of a revision without traffic. It accepts one that is not there.</summary>
    public async Task RemoveAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        FunctionView view = await place.LookAsync(cancellationToken);
        view.FenceFor(revision, context.Epoch);
        if (view.Find(revision) is not { } version || version.Name?.Target != place.Target)
        {
            return;
        }

        if (view.Shares.Shares.ContainsKey(version.Number))
        {
            throw new DeploymentException($"{revision} can't be removed from {place.Target}: it has traffic. Give that to another revision first. Nothing was changed.");
        }

        await CoolAsync(version.Number, cancellationToken);
        if ((view.Live is null || version.Number > view.Live) && await DeleteAsync(version.Number, cancellationToken))
        {
            return;
        }

        await alias.MarkAsync(now => now.Mark.WithEnded(version.Number), cancellationToken);
    }

    /// <summary>Takes the warm environments of what was removed away, and deletes what was removed before the last ones.</summary>
    public async Task TidyAsync(int kept, CancellationToken cancellationToken)
    {
        FunctionView view = await place.LookAsync(cancellationToken);
        view.Fence(null, context.Epoch);
        int[] ended = [.. view.Mark.Ended.Where(number => view.Own.Any(version => version.Number == number) && !view.Shares.Shares.ContainsKey(number))];
        List<int> gone = [.. view.Mark.Ended.Except(ended)];
        foreach (int number in ended)
        {
            // An update in place ends the old version in the very call that gives its users to the new one.
            await CoolAsync(number, cancellationToken);
        }

        foreach (int number in ended.SkipLast(kept))
        {
            if (await DeleteAsync(number, cancellationToken))
            {
                gone.Add(number);
            }
        }

        if (gone.Count > 0)
        {
            await alias.MarkAsync(now => now.Mark.Without(gone), cancellationToken);
        }
    }

    /// <summary>Whether it is gone; one that an alias names stays.</summary>
    private async Task<bool> DeleteAsync(int number, CancellationToken cancellationToken)
    {
        IReadOnlyList<AliasConfiguration> aliases = await place.Api.ListAliasesAsync(place.Function, cancellationToken);
        string version = number.ToString(CultureInfo.InvariantCulture);
        if (aliases.FirstOrDefault(one => one.FunctionVersion == version || one.RoutingConfig?.AdditionalVersionWeights?.ContainsKey(version) == true) is { } user)
        {
            context.Report($"Version {number} of {place.Function} stays: the alias {Naming.Printable(user.Name ?? "")} names it.");
            return false;
        }

        try
        {
            await place.Api.DeleteFunctionAsync(place.Function, version, cancellationToken);
        }
        catch (AwsFailure failure) when (failure.IsNotFound)
        {
            // It is gone already.
        }
        catch (AwsFailure failure) when (failure.Code == "ResourceConflictException")
        {
            // An alias came to name it since (docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html).
            context.Report(failure.Message);
            return false;
        }

        return true;
    }

    private async Task CoolAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            await place.Api.DeleteProvisionedConcurrencyConfigAsync(place.Function, number.ToString(CultureInfo.InvariantCulture), cancellationToken);
        }
        catch (AwsFailure failure) when (failure.IsNotFound)
        {
            // There is none.
        }
    }
}
