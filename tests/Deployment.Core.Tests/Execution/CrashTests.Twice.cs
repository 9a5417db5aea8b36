using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>The successor dies too, at every point of its own. A file by itself, because it takes seconds: mutation tests leave it out.</summary>
public sealed partial class CrashTests
{
    [Test]
    public void Resume_DiesAtEveryPointToo_IsFinishedByTheThird([Values] bool fails)
    {
        Action<World> scenario = fails ? FailingAfterTheSwitch : Succeeding;
        int first = 0, pairs = 0;
        while (Prepare(scenario) is var world && Crash(world, new SimulatedProcess(++first)) is { } open)
        {
            for (int second = 1; ; second++, pairs++)
            {
                World again = Prepare(scenario);
                Crash(again, new SimulatedProcess(first));
                var resumer = new SimulatedProcess(second);
                if (again.RunOf("1.1.0")!.State == RunState.Ended || TryResume(again, resumer))
                {
                    break;
                }

                DeploymentResult result = Finish(again);
                result.Outcome.Should().Be(fails ? DeploymentOutcome.RolledBack : DeploymentOutcome.Succeeded, $"first death {first}, second {resumer.Death}: {result.Reason}");
                again.Target.Now.Traffic.ToString().Should().Be(fails ? Old : New);
            }
        }

        pairs.Should().BeGreaterThan(500);
    }
}
