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
    public async Task Resume_KilledAtEveryPointToo_IsFinishedByTheThirdProcess([Values] bool fails)
    {
        // In the middle: a deployment dies before anything was installed, one that fails dies after its switch.
        string where = fails ? "after the effect 'route'" : "before the effect 'install'";
        int first = 1 + (await CrashPoints.OfDeploymentAsync(fails)).ToList().FindIndex(point => point.StartsWith(where, StringComparison.Ordinal));

        IReadOnlyCollection<string> deaths = await CrashPoints.KillAtEachAsync(fails, point => [first, point]);

        first.Should().BeGreaterThan(1);
        deaths.Should().HaveCountGreaterThan(40);
    }
}
