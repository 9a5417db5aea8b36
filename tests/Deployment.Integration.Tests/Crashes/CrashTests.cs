namespace Deployment.Integration.Tests.Crashes;

/// <summary>Real processes are killed at every point of a run; another one goes on, and users notice nothing.</summary>
[Category("Local")]
public sealed class CrashTests
{
    [Test]
    public async Task Deploy_KilledAtEveryPoint_IsFinishedByTheNextProcess([Values] bool fails)
    {
        int points = (await CrashPoints.OfDeploymentAsync(fails)).Count;

        IReadOnlyCollection<string> deaths = await CrashPoints.KillAtEachAsync(fails, point => [point]);

        deaths.Should().HaveCount(points).And.HaveCountGreaterThan(40);
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
