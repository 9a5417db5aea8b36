using System.Collections.Concurrent;
using System.Globalization;
using Deployment.Integration.Tests.Support;

namespace Deployment.Integration.Tests.Crashes;

/// <summary>
/// Every point, and pairs of points: where the first process dies, and where the second one does. All pairs are tried in virtual time by the tests of
/// the engine; with real processes they would take many hours, so this draws <c>SOAK_PAIRS</c> of them (default 150) each way.
/// </summary>
[Category("Soak")]
public sealed class CrashSoakTests
{
    private const int Worlds = 4;
    private const int MostPoints = 100;

    [Test]
    public async Task Deploy_KilledAtEveryPoint_IsFinishedByTheNextProcess([Values] bool fails)
    {
        int points = (await CrashPoints.OfDeploymentAsync(fails)).Count;

        IReadOnlyCollection<string> deaths = await CrashPoints.KillAtEachAsync(fails, point => [point]);

        deaths.Should().HaveCount(points).And.HaveCountGreaterThan(40);
    }

    [Test]
    public async Task Resume_KilledAtEveryPointToo_IsFinishedByTheThirdProcess([Values] bool fails)
    {
        int first = await CrashPoints.MiddleOfDeploymentAsync(fails);

        IReadOnlyCollection<string> deaths = await CrashPoints.KillAtEachAsync(fails, point => [first, point]);

        deaths.Should().HaveCountGreaterThan(40);
    }

    [Test]
    public async Task Resume_PairsOfPoints_IsFinishedByTheThirdProcess([Values] bool fails)
    {
        int pairs = int.Parse(Environment.GetEnvironmentVariable("SOAK_PAIRS") ?? "150", CultureInfo.InvariantCulture);
        int first = (await CrashPoints.OfDeploymentAsync(fails)).Count;
        var deaths = new ConcurrentDictionary<(int, int), string>();
        int seed = Random.Shared.Next();
        TestContext.Progress.WriteLine($"Seed {seed}, {pairs} pairs.");

        await Task.WhenAll(Enumerable.Range(0, Worlds).Select(async number =>
        {
            var random = new Random(seed + number);
            await using LiveWorld world = await LiveWorld.OpenAsync();
            while (deaths.Count < pairs)
            {
                (int First, int Second) pair = (1 + random.Next(first), 1 + random.Next(MostPoints));
                var run = new CrashRun(world, fails);
                if (await run.RunAsync(pair.First, pair.Second) == 2 && deaths.TryAdd(pair, string.Join(", then ", run.Deaths)) && deaths.Count % 25 == 0)
                {
                    TestContext.Progress.WriteLine($"{deaths.Count} pairs.");
                }
            }

            (await world.EndUsersAsync()).Should().BeEmpty("users notice nothing");
        }));

        TestContext.Out.WriteLine(string.Join("; ", deaths.Values));
    }
}
