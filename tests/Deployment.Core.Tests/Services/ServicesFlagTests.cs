using Deployment.Flags;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using static Deployment.Tests.Services.ServicesWorld;

namespace Deployment.Tests.Services;

/// <summary>A service whose deployment brings nothing and only opens a feature: going back takes back that, and nothing that was there before.</summary>
[Category("Unit")]
public sealed class ServicesFlagTests
{
    private readonly Random _random = new(7);
    private VirtualTime _time = null!;
    private InMemoryDeploymentStore _store = null!;
    private FakeFeatureFlagStore _flags = null!;
    private FakeTarget _web = null!, _api = null!;
    private bool _ill;

    [SetUp]
    public void MakeWorld()
    {
        (_time, _store, _flags) = (new VirtualTime(), new InMemoryDeploymentStore(), new FakeFeatureFlagStore("flags", "checkout"));
        (_web, _api, _ill) = (new FakeTarget("on-web"), new FakeTarget("on-api"), false);
        Deploy(Of("web", "1.0.0"), Of("api", "1.0.0"));
        _flags.Seed("checkout", FlagAudience.Nobody);
    }

    [Test]
    public void RollBack_TheLastRunOnlyOpenedAFlag_ClosesItAndTakesBackNothingElse()
    {
        Deploy(Of("api", "1.1.0"));
        DeploymentResult opening = Deploy(Of("web", "1.0.0"));
        opening.Runbook.Steps.OfType<EffectStep>().Should().OnlyContain(step => step.Operation.Target == "flags.checkout");
        State.Should().Be("web_1.0.0_1=100, api_1.1.0_1=100, checkout everyone");

        RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        State.Should().Be("web_1.0.0_1=100, api_1.1.0_1=100, checkout nobody");

        RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        State.Should().Be("web_1.0.0_1=100, api_1.0.0_1=100, checkout nobody");
    }

    [Test]
    public void RollBack_TheLastRunBroughtOneServiceAndOpenedTheFlagOfAnother_TakesBackBoth()
    {
        Deploy(Of("web", "1.0.0"), Of("api", "1.1.0"));
        State.Should().Be("web_1.0.0_1=100, api_1.1.0_1=100, checkout everyone");

        RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        State.Should().Be("web_1.0.0_1=100, api_1.0.0_1=100, checkout nobody");
    }

    /// <summary>Somebody opened it by hand after it was gone back from: that is no run, so the one before is the last.</summary>
    [Test]
    public void RollBack_TheFlagWasOpenedByHandSince_TakesBackTheRunBefore()
    {
        Deploy(Of("api", "1.1.0"));
        Deploy(Of("web", "1.0.0"));
        RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _flags.Seed("checkout", FlagAudience.Everyone);

        RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        State.Should().Be("web_1.0.0_1=100, api_1.0.0_1=100, checkout everyone");
    }

    /// <summary>Nobody may guess that an older deployment is meant while a failed one left a feature open.</summary>
    [Test]
    public void RollBack_ARunThatNeedsAttentionLeftTheFlagOpen_IsRefusedUntilItIsClosed()
    {
        Deploy(Of("api", "1.1.0"));
        _ill = true;
        _flags.Before = (_, text, _) => text == "checkout: nobody" ? throw new DeploymentException("The store is read-only.") : Task.CompletedTask;
        Run(pipeline => pipeline.DeployAsync([Of("web", "1.0.0")])).Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        _ill = false;

        FluentActions.Invoking(RollBack).Should().Throw<DeploymentException>().WithMessage("*NeedsAttention and left flags.checkout of web*by hand*");
        _flags.Seed("checkout", FlagAudience.Nobody);
        RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        State.Should().Be("web_1.0.0_1=100, api_1.0.0_1=100, checkout nobody");
    }

    [Test]
    public void RollBack_TheReleaseBehindTheFlagIsTheLast_BothGo()
    {
        Deploy(Of("api", "1.1.0"));
        Deploy(Of("web", "1.1.0"));
        State.Should().Be("web_1.1.0_1=100, api_1.1.0_1=100, checkout everyone");

        RollBack().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        State.Should().Be("web_1.0.0_1=100, api_1.1.0_1=100, checkout nobody");
    }

    [Test]
    public void Status_ServiceHasAFlag_TellsHowItIs()
    {
        DeploymentStatus status = _time.Run(() => Pipeline().StatusAsync());

        status.Resources.Should().ContainSingle().Which.Target.Should().Be("flags.checkout");
        status.Targets.Select(target => target.Target).Should().Equal("on-api", "on-web");
    }

    private string State => $"{_web.Now.Traffic}, {_api.Now.Traffic}, checkout {_flags.Audience("checkout")}";

    private void Deploy(Release first, Release second) => Run(pipeline => pipeline.DeployAsync([first, second])).Outcome.Should().Be(DeploymentOutcome.Succeeded);

    private DeploymentResult Deploy(Release release)
    {
        DeploymentResult result = Run(pipeline => pipeline.DeployAsync([release]));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        return result;
    }

    private DeploymentResult RollBack() => Run(pipeline => pipeline.RollBackAsync());

    private DeploymentResult Run(Func<DeploymentPipeline, Task<DeploymentResult>> what)
    {
        DeploymentResult result = _time.Run(() => what(Pipeline()));
        _time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result;
    }

    private DeploymentPipeline Pipeline() => DeploymentPipeline.Create("platform")
        .Service("web", web => web.DeployTo(_web)
            .UseFeatureFlag(flag => (flag.Flag, flag.Store) = ("checkout", _flags))
            .Check(new ScriptedCheck("web is well").Answers((_, _) => Task.FromResult(_ill ? Verdict.Fail("ill") : Verdict.Pass("well"))), Moment.Complete))
        .Service("api", api => api.DeployTo(_api).UseBlueGreen())
        .UseStore(_store).UseTimeProvider(_time.Clock).UseRandom(_random).UseCommands(new RecordingCommandRunner()).Build();
}
