using Deployment.Health;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Tests.Execution;

[Category("Unit")]
public sealed class CheckRunnerTests
{
    private readonly ScriptedCheck _check = new("p95");
    private World _world = null!;

    [SetUp]
    public void MakeWorld()
    {
        _world = new World();
        _world.Deploy("1.0.0");
    }

    [Test]
    public void Check_FailsAndIsOnlyNoted_GoesOnAndIsNotAskedAgainAfterACrash()
    {
        var check = new ScriptedCheck("p95").Fails("25% slower").Passes();
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(check, Moment.Shifted, FailureAction.Note);
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.CheckFailed);

        DeploymentResult result = _world.Resume();

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Log.Entries.Should().ContainSingle(entry => entry.Kind == JournalEntryKind.CheckFailed).Which.Text.Should().Be("25% slower");
        check.Evaluations.Should().HaveCount(1, "what was noted is decided");
    }

    [Test]
    public void Check_FailsAndTheProcessDies_GoesBackWithoutLookingAgain()
    {
        var check = new ScriptedCheck("p95").Fails("25% slower").Passes();
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(check, Moment.Shifted);
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.CheckFailed);

        DeploymentResult result = _world.Resume();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("'p95' failed: 25% slower");
        check.Evaluations.Should().HaveCount(1, "a verdict is not asked for until it suits");
    }

    [Test]
    public void Check_FailsWithEvidenceThatLooksLikeTheEngines_GoesBackAllTheSame()
    {
        var evidence = new Dictionary<string, string> { ["goesOn"] = "true" };
        var check = new ScriptedCheck("p95").Answers((_, _) => Task.FromResult(Verdict.Fail("25% slower") with { Evidence = evidence })).Passes();
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(check, Moment.Shifted);
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.CheckFailed);

        _world.Resume().Outcome.Should().Be(DeploymentOutcome.RolledBack);
        check.Evaluations.Should().HaveCount(1);
    }

    [Test]
    public void Check_Throws_Fails()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(new ScriptedCheck("p95").Throws(new IOException("unreachable")).Passes(), Moment.Shifted);

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Be("'p95' failed: The check could not be made: unreachable");
    }

    [TestCase(FakeCapabilities.All, "http://shop.invalid/shop_1.1.0_1")]
    [TestCase(FakeCapabilities.All & ~FakeCapabilities.ReachRevisions, "")]
    public void Check_AsksWhereTheRevisionIs_IsToldWhatTheTargetSays(FakeCapabilities capabilities, string addresses)
    {
        string? told = null;
        _world.Target.Capabilities = capabilities;
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(_check.Answers(async (context, cancellationToken) =>
        {
            told = string.Join(' ', await context.AddressesAsync(cancellationToken));
            return Verdict.Pass("seen");
        }), Moment.Shifted);

        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        told.Should().Be(addresses);
    }

    [Test]
    public void CheckAfterGoingBack_HasNoData_NeedsAttentionAndDoesNotHold()
    {
        _world.Health = context => context.Subject.Candidate.Version == "1.0.0" ? Verdict.InsufficientData("no samples") : Verdict.Pass("well");
        _world.Configure = pipeline => pipeline.UseBlueGreen().Check(_check.Fails("25% slower"), Moment.Shifted);

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention, "what is not verified is not rolled back");
        result.Reason.Should().Contain("After going back, 'health' fails for shop_1.0.0_1 on web: no samples");
        result.Log.Entries.Should().NotContain(entry => entry.Kind == JournalEntryKind.Held);
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void CheckAfterGoingBack_ThisBuildLacksIt_NeedsAttention()
    {
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.StepSucceeded && entry.Text!.Contains("route", StringComparison.Ordinal));
        DeploymentPipelineBuilder other = DeploymentPipeline.Create("shop").DeployTo(_world.Target).UseBlueGreen().UseStore(_world.Store).UseTimeProvider(_world.Time.Clock);

        DeploymentResult result = _world.Time.Run(() => other.Build().ResumeAsync(_world.RunOf("1.1.0")!.Id));

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("This build of the pipeline has no check 'health'");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        _world.Target.Now.Revisions.Should().ContainSingle();
    }
}
