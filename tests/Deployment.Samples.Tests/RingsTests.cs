using CustomStrategy.Rings;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Testing;

namespace Deployment.Samples.Tests;

/// <summary>The strategy of docs/write-a-strategy.md, as its author would test it.</summary>
[Category("Unit")]
public sealed class RingsTests
{
    #region conformance
    private static readonly StrategyConformance Suite = new(
        pipeline => pipeline.UseRings(),
        new StrategyConformanceOptions { Needs = FakeCapabilities.HostRevisions | FakeCapabilities.SplitTraffic });

    private static IReadOnlyList<StrategyConformanceCase> Cases => Suite.Cases;

    [TestCaseSource(nameof(Cases))]
    public void Rings_Conforms(StrategyConformanceCase conformance) => conformance.Run();
    #endregion

    private static IReadOnlyList<StrategyConformanceCase> GatedCases { get; } = new StrategyConformance(
        pipeline => pipeline.UseRings(rings => rings.Rings = [new("internal", 10) { Watch = TimeSpan.Zero, Gate = "owner" }, new("half", 50) { Gate = "owner" }]),
        new StrategyConformanceOptions { Needs = FakeCapabilities.HostRevisions | FakeCapabilities.SplitTraffic }).Cases;

    [TestCaseSource(nameof(GatedCases))]
    public void RingsWithGates_Conforms(StrategyConformanceCase conformance) => conformance.Run();

    [Test]
    public void Plan_OverAnOldRelease_GivesItToOneRingAfterTheOther()
    {
        var world = new RingsWorld();
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Target.Transcript.Should().Equal(
            "install shop_1.0.0_1",
            "route shop_1.0.0_1=100",
            "install shop_1.1.0_1",
            "route shop_1.0.0_1=99,shop_1.1.0_1=1",
            "route shop_1.0.0_1=90,shop_1.1.0_1=10",
            "route shop_1.0.0_1=50,shop_1.1.0_1=50",
            "route shop_1.1.0_1=100");
    }

    [Test]
    public void Deploy_ARingIsNotContent_GoesBackInOneStepAndReachesNoOther()
    {
        var world = new RingsWorld();
        world.Deploy("1.0.0");
        world.Check = new ScriptedCheck("content").Passes().Fails("They complain.");

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        world.Target.Splits.Select(split => split.ShareOf(new RevisionId("shop", "1.1.0", 1))).Max().Should().Be(10, "the second ring complained");
        world.Target.Transcript.TakeLast(2).Should().Equal("route shop_1.0.0_1=100", "remove shop_1.1.0_1");
    }

    [Test]
    public void Plan_TargetShiftsInCoarseSteps_NamesEachRing()
    {
        var world = new RingsWorld { Target = new FakeTarget("web") { Limits = new TrafficLimits(20, 1) } };
        world.Deploy("1.0.0");

        FluentActions.Invoking(() => world.Deploy("1.1.0")).Should().Throw<DeploymentValidationException>().Which.Errors.Should().SatisfyRespectively(
            one => one.Should().Contain("splits traffic between two revisions"),
            one => one.Should().Be("The ring 'internal' takes 1%, and 'web' shifts traffic in steps of 20%. Give the ring a multiple of that."),
            one => one.Should().StartWith("The ring 'early' takes 10%"),
            one => one.Should().StartWith("The ring 'broad' takes 50%"));
    }

    [Test]
    public void Build_OptionsOutOfRange_AllAreNamed() =>
        FluentActions.Invoking(() => new RingsWorld
        {
            Use = pipeline => pipeline.UseRings(rings => (rings.Rings, rings.RollbackWindow, rings.Reason) = (
                [new("a", 0), new("b", 50) { Watch = TimeSpan.FromDays(8) }, new("b", 50), new(" ", 100)], TimeSpan.FromDays(31), "")),
        }.Deploy("1.0.0")).Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(8);

    private sealed class RingsWorld
    {
        private readonly VirtualTime _time = new();
        private readonly InMemoryDeploymentStore _store = new();

        internal FakeTarget Target { get; init; } = new("web");

        internal Action<DeploymentPipelineBuilder> Use { get; init; } = pipeline => pipeline.UseRings();

        internal ScriptedCheck Check { get; set; } = new("content");

        internal DeploymentResult Deploy(string version)
        {
            DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop").DeployTo(Target).Check(Check, Moment.Shifted)
                .UseStore(_store).UseTimeProvider(_time.Clock).UseRandom(new Random(1)).UseCommands(new RecordingCommandRunner());
            Use(pipeline);
            DeploymentResult result = _time.Run(() => pipeline.Build().DeployAsync(Release.Of("shop", version, Artifact.Process("shop", "{port}"))));
            _time.Clock.Advance(TimeSpan.FromMinutes(1));
            return result;
        }
    }
}
