using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Api.Tests.Snippets;

/// <summary>The code of docs/unit-test-your-pipeline.md, which is run as well as compiled.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PipelineTests
{
    #region world
    private readonly VirtualTime _time = new();
    private readonly InMemoryDeploymentStore _store = new();
    private readonly FakeTarget _target = new("web");

    private DeploymentPipeline Pipeline(Check health, SimulatedProcess? process = null)
    {
        process ??= new SimulatedProcess();
        return DeploymentPipeline.Create("shop")
            .DeployTo(process.Reach(_target))
            .UseBlueGreen()
            .Check(health, Moment.Installed)
            .Check(health, Moment.Shifted)
            .UseStore(process.Reach(_store))
            .UseTimeProvider(_time.Clock)
            .UseRandom(new Random(1))
            .UseCommands(new RecordingCommandRunner())
            .Build();
    }

    private static Release Version(string version) => Release.Of("shop", version, Artifact.Process("shop", "{port}"));
    #endregion

    [Test]
    public void Deploy_FirstRelease_IsInstalledThenGivenTraffic()
    {
        #region success
        DeploymentResult result = _time.Run(() => Pipeline(new ScriptedCheck("health")).DeployAsync(Version("1.0.0")));

        Assert.That(result.Outcome, Is.EqualTo(DeploymentOutcome.Succeeded));
        Assert.That(_target.Transcript, Is.EqualTo(new[] { "install shop_1.0.0_1", "route shop_1.0.0_1=100" }));
        #endregion
    }

    [Test]
    public void Deploy_HealthFailsUnderTraffic_GoesBack()
    {
        #region rollback
        _time.Run(() => Pipeline(new ScriptedCheck("health")).DeployAsync(Version("1.0.0")));
        _time.Clock.Advance(TimeSpan.FromMinutes(1));

        // Well when installed, bad under traffic; after going back the same check judges the old revision, and passes.
        var health = new ScriptedCheck("health").Passes().Fails("every second request fails").Passes();
        DeploymentResult result = _time.Run(() => Pipeline(health).DeployAsync(Version("1.1.0")));

        Assert.That(result.Outcome, Is.EqualTo(DeploymentOutcome.RolledBack));
        Assert.That(_target.Now.Traffic, Is.EqualTo(TrafficSplit.AllTo(new RevisionId("shop", "1.0.0", 1))));
        Assert.That(_target.Now.Revisions, Has.Count.EqualTo(1));
        #endregion
    }

    [Test]
    public void Deploy_ProcessDiesAnywhere_TheNextOneFinishes()
    {
        #region crash
        for (int point = 1; ; point++)
        {
            var test = new PipelineTests();
            var process = new SimulatedProcess(dieAt: point);
            try
            {
                test._time.Run(() => test.Pipeline(new ScriptedCheck("health"), process).DeployAsync(Version("1.0.0")));
                break; // it lived: every point was tried
            }
            catch (SimulatedCrashException)
            {
            }

            var results = test._time.Run(() => test.Pipeline(new ScriptedCheck("health")).ResumeAllAsync());
            if (results.Count > 0)
            {
                Assert.That(results[0].Outcome, Is.EqualTo(DeploymentOutcome.Succeeded), process.Death);
                Assert.That(test._target.Now.Traffic.ToString(), Is.EqualTo("shop_1.0.0_1=100"));
            }
        }
        #endregion
    }

    [Test]
    public void Plan_WithACommand_RunsNoneAndPrintsIt()
    {
        #region runbook
        Runbook runbook = _time.Run(() => Pipeline(new ScriptedCheck("health")).PlanAsync(Version("1.0.0")));

        Assert.That(runbook.ToMarkdown(), Does.Contain("fakectl web install shop_1.0.0_1"));
        Assert.That(runbook.PointOfNoReturn, Is.Null);
        Assert.That(_target.Transcript, Is.Empty);
        #endregion
    }
}
