namespace Deployment.Integration.Tests.Crashes;

/// <summary>Real processes are killed at points all along a run; another one goes on, and users notice nothing.</summary>
[Category("Local")]
public sealed class CrashTests
{
    // Before and after each effect, and at every sixteenth of the other points, other ones for each outcome; the long proofs visit all of both.
    [Test]
    public async Task Deploy_KilledAroundEachEffect_IsFinishedByTheNextProcess([Values] bool fails)
    {
        IReadOnlyList<string> points = await CrashPoints.OfDeploymentAsync(fails);
        int[] chosen = [.. Enumerable.Range(1, points.Count).Where(point => points[point - 1].Contains("the effect", StringComparison.Ordinal) || point % 16 == (fails ? 1 : 9))];

        IReadOnlyCollection<string> deaths = await CrashPoints.KillAtEachAsync(fails, turn => [turn <= chosen.Length ? chosen[turn - 1] : points.Count + 1000]);

        deaths.Should().HaveCount(chosen.Length).And.HaveCountGreaterThan(9);
        deaths.Should().Contain(death => death.Contains("the effect 'route'")).And.Contain(death => death.Contains("the effect 'announce'"));
    }

    [Test]
    public async Task Resume_KilledAtEveryTwentiethPointToo_IsFinishedByTheThirdProcess([Values] bool fails)
    {
        int first = await CrashPoints.MiddleOfDeploymentAsync(fails);

        IReadOnlyCollection<string> deaths = await CrashPoints.KillAtEachAsync(fails, turn => [first, (20 * turn) - 19]);

        deaths.Should().HaveCountGreaterThan(1);
    }
}
