namespace Deployment.Integration.Tests.Crashes;

/// <summary>Every pair of points: where the first process dies, and where the second one does.</summary>
[Category("Soak")]
public sealed class CrashSoakTests
{
    [Test]
    public async Task Resume_EveryPairOfPoints_IsFinishedByTheThirdProcess([Values] bool fails)
    {
        int pairs = 0;
        for (int first = 1; ; first++)
        {
            int crash = first;
            IReadOnlyCollection<string> deaths = await CrashPoints.KillAtEachAsync(fails, point => [crash, point]);
            if (deaths.Count == 0)
            {
                break;
            }

            pairs += deaths.Count;
        }

        pairs.Should().BeGreaterThan(1000);
    }
}
