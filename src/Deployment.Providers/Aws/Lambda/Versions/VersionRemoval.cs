using System.Globalization;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>
/// Removes versions. One that is newer than all that had every user has never got beyond its trial and is deleted; others are kept for a while, without their
/// warm environments, which cost money. What another alias names is left as it is.
/// </summary>
internal sealed class VersionRemoval(LambdaPlace place, AliasChange alias, EffectContext context)
{
    /// <summary>Removes the version of a revision without traffic. It accepts one that is not there.</summary>
    public async Task RemoveAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        FunctionView view = await LookAsync(revision, cancellationToken);
        if (view.Find(revision) is not { } version)
        {
            return;
        }

        if (view.Alias?.Versions.Contains(Text(version.Number), StringComparer.Ordinal) == true)
        {
            throw new DeploymentException($"{revision} can't be removed from {place.Target}: it has traffic. Give that to another revision first. Nothing was changed.");
        }

        if (version.Name?.Target == place.Target && !await IsNamedAsync(version.Number, cancellationToken))
        {
            await CoolAsync(version.Number, cancellationToken);
            if (view.IsTrial(version.Number) && await DeleteAsync(version.Number, cancellationToken))
            {
                return;
            }
        }

        await alias.MarkAsync(now => now.Removed(version.Number), cancellationToken);
    }

    /// <summary>Takes the warm environments of what was removed away, and deletes what was removed before the last ones.</summary>
    public async Task TidyAsync(int kept, CancellationToken cancellationToken)
    {
        FunctionView view = await LookAsync(null, cancellationToken);
        int[] ended = [.. view.Ended];
        foreach (int number in ended)
        {
            if (await IsNamedAsync(number, cancellationToken))
            {
                continue;
            }

            // An update in place ends the old version in the very call that gives its users to the new one.
            await CoolAsync(number, cancellationToken);
            if (!ended.TakeLast(kept).Contains(number))
            {
                await DeleteAsync(number, cancellationToken);
            }
        }
    }

    private async Task<FunctionView> LookAsync(RevisionId? revision, CancellationToken cancellationToken)
    {
        FunctionView view = await place.LookAsync(cancellationToken);
        if (revision is null)
        {
            view.Fence(null, context.Epoch);
        }
        else
        {
            view.FenceFor(revision, context.Epoch);
        }

        view.RefuseUnclear();
        return view;
    }

    private async Task<bool> IsNamedAsync(int number, CancellationToken cancellationToken)
    {
        IReadOnlyList<AliasConfiguration> aliases = await place.Api.ListAliasesAsync(place.Function, cancellationToken);
        if (aliases.FirstOrDefault(one => one.Versions.Contains(Text(number), StringComparer.Ordinal)) is not { } user)
        {
            return false;
        }

        context.Report($"Version {number} of {place.Function} stays as it is: the alias {Naming.Printable(user.Name ?? "")} names it.");
        return true;
    }

    /// <summary>Whether it is gone.</summary>
    private async Task<bool> DeleteAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            await place.Api.DeleteFunctionAsync(place.Function, Text(number), cancellationToken);
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
            await place.Api.DeleteProvisionedConcurrencyConfigAsync(place.Function, Text(number), cancellationToken);
        }
        catch (AwsFailure failure) when (failure.IsNotFound)
        {
            // There is none.
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
