using System.Collections.Concurrent;
using System.Globalization;
using Deployment.Integration.Tests.Support;

namespace Deployment.Integration.Tests.Crashes;

/// <summary>
/// Pairs of points: where the first process dies, and where the second one does. All pairs are tried in virtual time by the tests of
/// the engine; with real processes they would take many hours, so this draws them for <c>SOAK_MINUTES</c> (default 10) each way.
/// </summary>
[Category("Soak")]
public sealed class CrashSoakTests
{
    private const int Worlds = 4;
    private const int MostPoints = 100;

    [Test]
    public async Task Resume_PairsOfPoints_IsFinishedByTheThirdProcess([Values] bool fails)
    {
        TimeSpan limit = TimeSpan.FromMinutes(int.Parse(Environment.GetEnvironmentVariable("SOAK_MINUTES") ?? "10", CultureInfo.InvariantCulture));
        int first = (await CrashPoints.OfDeploymentAsync(fails)).Count;
        var deaths = new ConcurrentBag<string>();
        int seed = Random.Shared.Next();
        TestContext.Progress.WriteLine($"Seed {seed}, {limit} of pairs.");
        long start = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, Worlds).Select(async number =>
        {
            var random = new Random(seed + number);
            await using LiveWorld world = await LiveWorld.OpenAsync();
            while (TimeProvider.System.GetElapsedTime(start) < limit)
            {
                var run = new CrashRun(world, fails);
                if (await run.RunAsync(1 + random.Next(first), 1 + random.Next(MostPoints)) == 2)
                {
                    deaths.Add(string.Join(", then ", run.Deaths));
                }
            }

            (await world.EndUsersAsync()).Should().BeEmpty("users notice nothing");
        }));

        TestContext.Progress.WriteLine($"{deaths.Count} pairs, {deaths.Distinct().Count()} of them different.");
        deaths.Distinct().Should().HaveCountGreaterThan((int)(10 * limit.TotalMinutes));
    }
}
