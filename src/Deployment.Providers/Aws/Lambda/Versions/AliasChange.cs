using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Lambda.Verbs;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>Changes an alias, each time only as it was read: where somebody else came first it is read again, and decided again.</summary>
internal sealed class AliasChange(LambdaPlace place, FunctionWaiting waiting, EffectContext context)
{
    private const int MostRaces = 10;

    /// <summary>Gives versions their shares, in one call. Where the traffic is neither so nor as it was planned, somebody else has moved it, and it stays.</summary>
    /// <param name="wanted">Who gets which share; nobody for an alias that is not there.</param>
    /// <param name="alsoEnds">Whether the target's versions that lose their share count as removed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task RouteAsync(RouteArguments wanted, bool alsoEnds, CancellationToken cancellationToken) => AgainAsync(async view =>
    {
        if (wanted.Unexpected(view.Traffic) is { } unexpected)
        {
            throw new DeploymentException($"The alias {place.Alias} of {place.Function} stays as it is: {unexpected}. Find out who did and why; then plan again. Nothing was changed.");
        }

        ImmutableSortedDictionary<int, int> shares = wanted.Split.Shares.ToImmutableSortedDictionary(share => place.VersionOf(view, share.Key).Number, share => share.Value);
        // Who goes back needs no more of a version that has users than that it has them.
        foreach ((int gaining, _) in shares.Where(share => view.Shares.Shares.GetValueOrDefault(share.Key) is var now && now < share.Value && !(wanted.IsBack && now > 0)))
        {
            await EnsureReadyAsync(gaining, wanted.Warm.Contains(view.RevisionOf(gaining)), cancellationToken);
        }

        if (shares.IsEmpty)
        {
            await TakeAwayAsync(view, cancellationToken);
        }
        else
        {
            await GiveAsync(view, shares, Fitting(view.Routed(shares, alsoEnds)), cancellationToken);
        }
    }, cancellationToken);

    /// <summary>Writes down which versions stand, and leaves the traffic as it is. Where there is no alias nothing is kept.</summary>
    public Task MarkAsync(Func<FunctionView, AliasMark> change, CancellationToken cancellationToken) => AgainAsync(async view =>
    {
        AliasMark mark = Fitting(change(view));
        if (view.Alias is not null && !mark.Equals(view.Mark))
        {
            await WriteAsync(view, mark, cancellationToken);
        }
    }, cancellationToken);

    private async Task AgainAsync(Func<FunctionView, Task> change, CancellationToken cancellationToken)
    {
        for (int race = 1; ; race++)
        {
            try
            {
                FunctionView view = await place.LookAsync(cancellationToken);
                view.Fence(null, context.Epoch);
                view.RefuseUnclear();
                await change(view);
                return;
            }
            catch (AwsFailure failure) when ((failure.IsLostRace || failure.Code is "ResourceConflictException" or "ConflictException") && race < MostRaces)
            {
                context.Report($"The alias {place.Alias} was changed by somebody else meanwhile: it is looked at again.");
                await waiting.PauseAsync(failure.Message, cancellationToken);
            }
        }
    }

    private async Task GiveAsync(FunctionView view, ImmutableSortedDictionary<int, int> shares, AliasMark mark, CancellationToken cancellationToken)
    {
        // Who comes first stays first while it has a share: so each step of a canary changes one weight.
        int first = AliasShares.TryNumber(view.Alias?.FunctionVersion, out int now) && shares.ContainsKey(now) ? now : shares.MaxBy(share => share.Value).Key;
        var wanted = new AliasConfiguration
        {
            Name = place.Alias,
            FunctionVersion = Text(first),
            Description = mark.ToString(),
            RoutingConfig = new AliasRouting(shares.Where(share => share.Key != first).ToDictionary(share => Text(share.Key), share => share.Value / 100.0, StringComparer.Ordinal)),
            RevisionId = view.Alias?.RevisionId,
        };
        if (view.Alias is null)
        {
            await place.Api.CreateAliasAsync(place.Function, wanted with { RoutingConfig = shares.Count > 1 ? wanted.RoutingConfig : null }, cancellationToken);
        }
        else if (!view.Shares.Shares.SequenceEqual(shares) || !mark.Equals(view.Mark))
        {
            await place.Api.UpdateAliasAsync(place.Function, wanted, cancellationToken);
        }

        context.Record("versions", string.Join(", ", shares.Select(share => $"{share.Key}={share.Value}%")));
    }

    /// <summary>An alias can't point at nothing: one that was made for a first deployment goes with it, and anybody else's stays.</summary>
    private async Task TakeAwayAsync(FunctionView view, CancellationToken cancellationToken)
    {
        if (view.Alias is null)
        {
            return;
        }

        if (view.Alias.Versions.FirstOrDefault(named => view.Own.All(version => Text(version.Number) != named)) is { } other)
        {
            throw new DeploymentException($"The alias {place.Alias} of {place.Function} names version {Naming.Printable(other)}, which {place.Target} didn't make, so it isn't taken away. Delete it if nobody needs it: aws lambda delete-alias.");
        }

        // Whether it is still what was read can be asked of a change alone: a deletion says nothing of that (docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html).
        await WriteAsync(view, Fitting(view.Mark), cancellationToken);
        await place.Api.DeleteAliasAsync(place.Function, place.Alias, cancellationToken);
    }

    private Task<AliasConfiguration> WriteAsync(FunctionView view, AliasMark mark, CancellationToken cancellationToken) =>
        place.Api.UpdateAliasAsync(place.Function, new AliasConfiguration { Name = place.Alias, Description = mark.ToString(), RevisionId = view.Alias!.RevisionId }, cancellationToken);

    private AliasMark Fitting(AliasMark mark)
    {
        AliasMark ours = mark with { Epoch = context.Epoch };
        return ours.Problem(place.Alias) is { } problem ? throw new DeploymentException($"{problem} Nothing was changed.") : ours;
    }

    private async Task EnsureReadyAsync(int number, bool mustBeWarm, CancellationToken cancellationToken)
    {
        string? problem = await waiting.ProblemOfAsync(number, cancellationToken) ?? (mustBeWarm ? await waiting.ColdAsync(number, cancellationToken) : null);
        if (problem is not null)
        {
            throw new DeploymentException($"{problem} It gets no more traffic. Nothing was changed.");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
