using System.Globalization;
using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

/// <summary>What goes back takes no more capacity away at once than what went there.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RollbackLanesTests
{
    private readonly VirtualTime _time = new();
    private int _replacing;
    private int _most;

    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(4, 4, Description = "the safeguard of this test: more at once are seen")]
    public void GoBack_UpdatedInPlace_KeepsToTheLanesOfTheWayThere(int lanes, int most)
    {
        FakeTarget[] targets = [.. Enumerable.Range(1, 4).Select(number => new FakeTarget(string.Create(CultureInfo.InvariantCulture, $"web-{number}"), FakeCapabilities.UpdateInPlace))];
        string verdict = "";
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop").UseRecreate().WithLanes(new LanePolicy { MaxConcurrency = lanes });
        foreach (FakeTarget target in targets)
        {
            pipeline.DeployTo(target);
        }

        DeploymentPipeline built = pipeline
            .Check(new ScriptedCheck("at the end", CheckKind.Smoke).Answers((context, _) => Task.FromResult(context.Subject.Target == verdict ? Verdict.Fail("bad") : Verdict.Pass("well"))), Moment.Complete)
            .UseStore(new InMemoryDeploymentStore())
            .UseTimeProvider(_time.Clock)
            .Build();
        _time.Run(() => built.DeployAsync(World.Version("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        foreach (FakeTarget target in targets)
        {
            Watch(target);
        }

        _time.Clock.Advance(TimeSpan.FromMinutes(1));
        verdict = "web-4";
        DeploymentResult result = _time.Run(() => built.DeployAsync(World.Version("1.1.0")));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        targets.Should().OnlyContain(target => target.Now.Traffic.ToString() == "shop_1.0.0_1=100");
        _most.Should().Be(most);
    }

    /// <summary>Counts the targets that are being given back what was before.</summary>
    private void Watch(FakeTarget target)
    {
        target.Before = async (effect, cancellationToken) =>
        {
            if (effect.Text == "update shop_1.0.0_1")
            {
                _most = Math.Max(_most, ++_replacing);
                await Task.Delay(TimeSpan.FromSeconds(5), _time.Clock, cancellationToken);
            }
        };
        target.After = (effect, _) =>
        {
            _replacing -= effect.Text == "update shop_1.0.0_1" ? 1 : 0;
            return Task.CompletedTask;
        };
    }
}
