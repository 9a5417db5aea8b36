using Deployment.Providers.HAProxy.Runtime;
using Deployment.Targets;

namespace Deployment.Providers.HAProxy.Switching;

/// <summary>Waits until nothing is in flight where nothing new is sent to.</summary>
internal sealed class Drain(HAProxyOptions options, SiteRuntime runtime, EffectContext context)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _cutTime = TimeSpan.FromSeconds(5);

    /// <summary>Waits for servers, each of a lane; a null name for all of the lane. What is left at the deadline is reported.</summary>
    /// <returns>Whether something is left that is to be broken off (<see cref="CutAsync"/>).</returns>
    public async Task<bool> WaitAsync(IReadOnlyList<(int Lane, string? Server, string Revision)> places, CancellationToken cancellationToken)
    {
        if (places.Count == 0)
        {
            return false;
        }

        if (await EmptyAsync(places, options.DrainDeadline, cancellationToken) is not { Count: > 0 } left)
        {
            // Asked now: a reload while this waited makes all look empty at once.
            await ForgottenAsync(options.DrainDeadline - (await runtime.InfoAsync(cancellationToken)).Uptime, cancellationToken);
            return false;
        }

        string unfinished = string.Join(", ", left.Select(place => $"{place.Requests} on {place.Revision}"));
        context.Report($"After {options.DrainDeadline} requests are unfinished: {unfinished}. They {(options.CutAtDrainDeadline ? "are broken off" : "go on")}.");
        return options.CutAtDrainDeadline;
    }

    /// <summary>
    /// Breaks off what is in flight. Call it while nobody else can change the site, and only when it is known that nothing new is sent there: others may have
    /// been given the place since it was waited for. The servers are in maintenance afterwards.
    /// </summary>
    public async Task CutAsync(IReadOnlyList<(int Lane, string? Server, string Revision)> places, CancellationToken cancellationToken)
    {
        foreach ((int lane, string? server, _) in places)
        {
            foreach (Counters counted in await runtime.CountersAsync(lane, cancellationToken))
            {
                if (counted.Name != Counters.Backend && counted.InFlight > 0 && (server is null || server == counted.Name))
                {
                    // Else what is broken off would be tried anew, there again.
                    await runtime.StopAsync(lane, counted.Name, cancellationToken);
                    await runtime.CutAsync(lane, counted.Name, cancellationToken);
                }
            }
        }

        await EmptyAsync(places, _cutTime, cancellationToken);
    }

    // After a reload the old worker finishes its requests, and nobody can ask it. What it has, it had before this worker began.
    private async Task ForgottenAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        if (options.AwaitOldWorker && left > TimeSpan.Zero)
        {
            context.Report($"HAProxy was started or reloaded less than {options.DrainDeadline} ago: waiting {left:s\\.f} s for requests of its last worker, which can't be seen.");
            await Task.Delay(left, context.TimeProvider, cancellationToken);
        }
    }

    // A request may have chosen its lane and not be counted there yet: it must be seen empty twice.
    private async Task<IReadOnlyList<(string Revision, long Requests)>> EmptyAsync(IReadOnlyList<(int Lane, string? Server, string Revision)> places, TimeSpan deadline, CancellationToken cancellationToken)
    {
        long begin = context.TimeProvider.GetTimestamp();
        int empty = 0;
        while (true)
        {
            List<(string Revision, long Requests)> left = [];
            foreach (IGrouping<int, (int Lane, string? Server, string Revision)> lane in places.GroupBy(place => place.Lane))
            {
                IReadOnlyList<Counters> counters = await runtime.CountersAsync(lane.Key, cancellationToken);
                left.AddRange(lane.Select(place => (place.Revision, counters.FirstOrDefault(counted => counted.Name == (place.Server ?? Counters.Backend))?.InFlight ?? 0)));
            }

            left.RemoveAll(place => place.Requests == 0);
            empty = left.Count == 0 ? empty + 1 : 0;
            if (empty == 2 || context.TimeProvider.GetElapsedTime(begin) >= deadline)
            {
                return left;
            }

            await Task.Delay(_pause, context.TimeProvider, cancellationToken);
        }
    }
}
