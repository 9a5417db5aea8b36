using Deployment.Providers.Aws.Clients;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.CloudFront;

/// <summary>
/// Moves one origin of a distribution to another path, and drops from the caches what is old then. All edges have the new path once the distribution is
/// deployed, minutes later; until then some serve the old one, so that only then is invalidated: what is dropped earlier may come back old.
/// </summary>
internal sealed class OriginSwitch(ICloudFront cloudFront, OriginSwitchOptions options)
{
    // Others may change the same distribution at the same time, but not again and again.
    private const int MostRaces = 10;

    /// <summary>The distribution and its origin as they are.</summary>
    /// <exception cref="DeploymentException">There is no such distribution or origin, or it can't be asked.</exception>
    public async Task<(Distribution Distribution, DistributionOrigin Origin)> ReadAsync(CancellationToken cancellationToken)
    {
        Distribution distribution = await cloudFront.GetDistributionAsync(options.Distribution, cancellationToken);
        return (distribution, OriginOf(distribution));
    }

    /// <summary>Moves the origin, unless it is there already, and waits until all edges have it.</summary>
    /// <param name="path">Where to: empty, or beginning with '/'.</param>
    /// <param name="claim">Makes it this run's turn, after the distribution was read and before it is changed; and says where the origin may be: elsewhere somebody else has put it.</param>
    /// <param name="context">The clock, and who is told how far it is.</param>
    /// <param name="cancellationToken">Cancels; what was asked of CloudFront goes on there.</param>
    public async Task SwitchAsync(string path, Func<Task<IReadOnlyCollection<string>>> claim, EffectContext context, CancellationToken cancellationToken)
    {
        Distribution distribution = await UpdateAsync(path, claim, cancellationToken);
        if (!distribution.IsDeployed)
        {
            context.Report($"All edges of {options.Distribution} take up {Shown(path)}, which takes minutes. Meanwhile some serve the old files.");
            await WaitAsync(
                context,
                async () => (await ReadAsync(cancellationToken)) is var now && now.Origin.Path != path
                    ? throw new DeploymentException($"Somebody else has moved the origin {now.Origin.Id} of {options.Distribution} to {Shown(now.Origin.Path)} while {Shown(path)} was taken up.")
                    : now.Distribution.IsDeployed,
                $"{options.Distribution} isn't deployed",
                cancellationToken);
        }
    }

    /// <summary>Drops paths from the caches.</summary>
    /// <param name="paths">The paths; none for nothing to do.</param>
    /// <param name="reference">What makes it happen once, however often it is asked for: at most 255 characters.</param>
    /// <param name="wait">Whether to wait until no edge has the old files.</param>
    /// <param name="context">The clock, and who is told how far it is.</param>
    /// <param name="cancellationToken">Cancels; what was asked of CloudFront goes on there.</param>
    public async Task InvalidateAsync(IReadOnlyList<string> paths, string reference, bool wait, EffectContext context, CancellationToken cancellationToken)
    {
        if (paths.Count == 0)
        {
            return;
        }

        Invalidation? made = null;
        await WaitAsync(
            context,
            async () =>
            {
                made = await TryInvalidateAsync(paths, reference, cancellationToken);
                return made is not null;
            },
            $"{options.Distribution} has as many invalidations in progress as CloudFront allows",
            cancellationToken);
        context.Record("invalidation", made!.Id);
        if (wait && !made.IsCompleted)
        {
            context.Report($"The caches of {options.Distribution} drop {paths.Count} path{(paths.Count == 1 ? "" : "s")}.");
            await WaitAsync(
                context,
                async () => (await cloudFront.GetInvalidationAsync(options.Distribution, made.Id, cancellationToken)).IsCompleted,
                $"The invalidation {made.Id} of {options.Distribution} isn't completed",
                cancellationToken);
        }
    }

    private async Task<Distribution> UpdateAsync(string path, Func<Task<IReadOnlyCollection<string>>> claim, CancellationToken cancellationToken)
    {
        for (int race = 1; ; race++)
        {
            (Distribution distribution, DistributionOrigin origin) = await ReadAsync(cancellationToken);
            IReadOnlyCollection<string> mayBeAt = await claim();
            if (origin.Path == path)
            {
                return distribution;
            }

            if (!mayBeAt.Contains(origin.Path))
            {
                throw new DeploymentException($"The origin {origin.Id} of {options.Distribution} is at {Shown(origin.Path)}, where this run didn't find it: somebody else has moved it. Look who, and plan again. Nothing was changed.");
            }

            try
            {
                return await cloudFront.UpdateDistributionAsync(distribution.WithOriginPath(origin.Id, path), cancellationToken);
            }
            catch (AwsFailure lost) when (lost.IsLostRace && race < MostRaces)
            {
                // Somebody else has changed the distribution since it was read: it is read again, and decided again.
            }
        }
    }

    // docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/InvalidationLimits.html
    private async Task<Invalidation?> TryInvalidateAsync(IReadOnlyList<string> paths, string reference, CancellationToken cancellationToken)
    {
        try
        {
            return await cloudFront.CreateInvalidationAsync(options.Distribution, reference, paths, cancellationToken);
        }
        catch (AwsFailure full) when (full.Code == "TooManyInvalidationsInProgress")
        {
            return null;
        }
    }

    private async Task WaitAsync(EffectContext context, Func<Task<bool>> isDone, string otherwise, CancellationToken cancellationToken)
    {
        long begin = context.TimeProvider.GetTimestamp();
        while (!await isDone())
        {
            if (context.TimeProvider.GetElapsedTime(begin) >= options.Deadline)
            {
                throw new DeploymentException($"{otherwise} after {options.Deadline}. Look at it in CloudFront, and resume; or raise EdgeTimeout.");
            }

            await context.TimeProvider.DelayAsync(options.Interval, cancellationToken);
        }
    }

    private DistributionOrigin OriginOf(Distribution distribution)
    {
        DistributionOrigin[] found = [.. distribution.Origins.Where(origin => options.IsOrigin(origin))];
        return found.Length == 1 ? found[0] : throw new DeploymentException(
            $"The distribution {options.Distribution} has {(found.Length == 0 ? "no origin" : "several origins")} {options.OriginInWords}; it has {string.Join(", ", distribution.Origins.Select(origin => Naming.Printable(origin.Id)))}. Name one of them.");
    }

    private static string Shown(string path) => path.Length == 0 ? "its root" : Naming.PrintableUpTo(path, 300);
}
