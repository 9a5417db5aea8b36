using System.Collections.Concurrent;
using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;

namespace Deployment.Integration.Tests.Crashes;

/// <summary>Visits every point of a run.</summary>
internal static class CrashPoints
{
    private const int Worlds = 4;

    /// <summary>The points of a deployment that lives.</summary>
    internal static async Task<IReadOnlyList<string>> OfDeploymentAsync(bool fails)
    {
        await using LiveWorld world = await LiveWorld.OpenAsync();
        string version = world.NextVersion();
        world.Users.Allow(world.Live, version);
        DeployerEnd end = await DeployerProcess.RunAsync(world.Calm with { Do = "deploy", Version = version, Fails = fails });
        return end.Answer!.Points;
    }

    /// <summary>A point in the middle: a deployment dies before anything was installed, one that fails dies after its switch.</summary>
    internal static async Task<int> MiddleOfDeploymentAsync(bool fails)
    {
        string where = fails ? "after the effect 'route'" : "before the effect 'install'";
        int index = (await OfDeploymentAsync(fails)).ToList().FindIndex(point => point.StartsWith(where, StringComparison.Ordinal));
        index.Should().BePositive();
        return index + 1;
    }

    /// <summary>Lets the last process die at the first point, the second one and so on, until it lives; gives where it died.</summary>
    internal static async Task<IReadOnlyCollection<string>> KillAtEachAsync(bool fails, Func<int, int[]> points)
    {
        var deaths = new ConcurrentDictionary<int, string>();
        await Task.WhenAll(Enumerable.Range(1, Worlds).Select(async number =>
        {
            await using LiveWorld world = await LiveWorld.OpenAsync();
            int point = number;
            while (true)
            {
                int[] all = points(point);
                var run = new CrashRun(world, fails);
                int died = await run.RunAsync(all);
                if (died == all.Length)
                {
                    deaths[point] = run.Deaths[^1];
                    point += Worlds;
                }
                else if (!run.LostLease)
                {
                    break;
                }
            }

            long answers = world.Users.Answers;
            (await world.EndUsersAsync()).Should().BeEmpty("users notice nothing");
            answers.Should().BeGreaterThan(50);
        }));
        deaths.Keys.Order().Should().Equal(Enumerable.Range(1, deaths.Count), "every point has its turn");
        TestContext.Out.WriteLine($"{deaths.Count} points: {string.Join("; ", deaths.OrderBy(death => death.Key).Select(death => death.Value))}");
        return [.. deaths.Values];
    }
}
