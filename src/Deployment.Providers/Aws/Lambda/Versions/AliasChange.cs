using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>Changes an alias, each time only as it was read: where somebody else came first it is read again, and decided again.</summary>
internal sealed class AliasChange(LambdaPlace place, FunctionWaiting waiting, EffectContext context)
{
    private const int MostRaces = 10;

    /// <summary>Gives versions their shares, in one call.</summary>
    /// <param name="split">Who gets which share; nobody for an alias that is not there.</param>
    /// <param name="needsProvisioned">Whether a version of the target's own must be warm before it gets traffic.</param>
    /// <param name="alsoEnds">Whether the target's versions that lose their share count as removed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task RouteAsync(TrafficSplit split, bool needsProvisioned, bool alsoEnds, CancellationToken cancellationToken) => AgainAsync(async view =>
    {
        view.Fence(null, context.Epoch);
        ImmutableSortedDictionary<int, int> shares = split.Shares.ToImmutableSortedDictionary(share => place.VersionOf(view, share.Key).Number, share => share.Value);
        foreach (int gaining in shares.Keys.Where(number => !view.Shares.Shares.ContainsKey(number)))
        {
            await EnsureReadyAsync(view, gaining, needsProvisioned, cancellationToken);
        }

        AliasMark mark = (view.Mark with { Epoch = context.Epoch }).Without(shares.Keys);
        foreach (NumberedVersion left in alsoEnds ? view.Standing.Where(version => !shares.ContainsKey(version.Number)) : [])
        {
            mark = mark.WithEnded(left.Number);
        }

        if (shares.IsEmpty)
        {
            await TakeAwayAsync(view, cancellationToken);
        }
        else
        {
            await GiveAsync(view, shares, mark, cancellationToken);
        }
    }, cancellationToken);

    /// <summary>Writes down which versions ended, and leaves the traffic as it is. Where there is no alias nothing is kept.</summary>
    public Task MarkAsync(Func<FunctionView, AliasMark> change, CancellationToken cancellationToken) => AgainAsync(async view =>
    {
        view.Fence(null, context.Epoch);
        AliasMark mark = change(view) with { Epoch = context.Epoch };
        if (view.Alias is { } alias && !mark.Equals(view.Mark))
        {
            await place.Api.UpdateAliasAsync(place.Function, new AliasConfiguration { Name = place.Alias, Description = mark.ToString(), RevisionId = alias.RevisionId }, cancellationToken);
        }
    }, cancellationToken);

    private async Task AgainAsync(Func<FunctionView, Task> change, CancellationToken cancellationToken)
    {
        for (int race = 1; ; race++)
        {
            try
            {
                await change(await place.LookAsync(cancellationToken));
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

        if (view.Shares.Shares.Keys.FirstOrDefault(number => view.Own.All(version => version.Number != number)) is var other and not 0)
        {
            throw new DeploymentException($"The alias {place.Alias} of {place.Function} sends traffic to version {other}, which {place.Target} didn't make, so it isn't taken away. Delete it if nobody needs it: aws lambda delete-alias.");
        }

        await place.Api.DeleteAliasAsync(place.Function, place.Alias, cancellationToken);
    }

    private async Task EnsureReadyAsync(FunctionView view, int number, bool needsProvisioned, CancellationToken cancellationToken)
    {
        string? problem = await waiting.ProblemOfAsync(number, cancellationToken)
            ?? (needsProvisioned && view.Own.Any(version => version.Number == number) ? await waiting.ColdAsync(number, cancellationToken) : null);
        if (problem is not null)
        {
            throw new DeploymentException($"{problem} It gets no traffic. Nothing was changed.");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
