namespace Deployment.Integration.Tests.Crashes;

/// <summary>Real processes are killed at points all along a run; another one goes on, and users notice nothing.</summary>
[Category("Local")]
public sealed class CrashTests
{
    // One outcome dies at the odd points and the other at the even ones; the long proofs visit all of both.
    [Test]
    public async Task Deploy_KilledAtEverySecondPoint_IsFinishedByTheNextProcess([Values] bool fails)
    {
        int points = (await CrashPoints.OfDeploymentAsync(fails)).Count;

        IReadOnlyCollection<string> deaths = await CrashPoints.KillAtEachAsync(fails, turn => [(2 * turn) - (fails ? 0 : 1)]);

        deaths.Should().HaveCount((points + (fails ? 0 : 1)) / 2).And.HaveCountGreaterThan(20);
        deaths.Should().Contain(death => death.Contains("the effect 'route'")).And.Contain(death => death.Contains("the effect 'announce'"));
    }

    [Test]
    public async Task Resume_KilledAtEveryEighthPointToo_IsFinishedByTheThirdProcess([Values] bool fails)
    {
        int first = await CrashPoints.MiddleOfDeploymentAsync(fails);

        IReadOnlyCollection<string> deaths = await CrashPoints.KillAtEachAsync(fails, turn => [first, (8 * turn) - 7]);

        deaths.Should().HaveCountGreaterThan(5);
    }
}
