using Deployment.Environments;
using Deployment.Runbooks;

namespace Deployment.Tests.Services;

/// <summary>What a pipeline of services is refused for, all together.</summary>
[Category("Unit")]
public sealed class ServicesRulesTests
{
    [Test]
    public void Build_ServiceLacksEverything_SaysWhichService() => Errors(pipeline => pipeline.Service("api", _ => { }).Service("web", web => web.DeployTo(new FakeTarget("web")).UseBlueGreen()))
        .Should().Equal(
            "api: There is no target. Add one: DeployTo(...).",
            "api: There is no strategy. Choose one, such as UseBlueGreen() or UseRecreate().");

    [Test]
    public void Build_NamesAreTaken_AllAreSaid() => Errors(pipeline => pipeline
            .Service("api", part => Complete(part, "one", "home"))
            .Service("api", part => Complete(part, "one", "home")))
        .Should().Equal(
            "Two services are called 'api'. Give each application once.",
            "Several services have a check or a step 'home'. Give each its own name, such as with the service's in it.",
            "Several services have a target or a resource 'one'. Give each its own.");

    [Test]
    public void Build_NameCantBeUsed_IsSaid() => Errors(pipeline => pipeline.Service("../api", part => Complete(part, "one", "home")))
        .Should().ContainSingle().Which.Should().StartWith("../api: The service name '../api' can't be used");

    [Test]
    public void Build_PipelineSaysWhatServicesSay_IsRefused() => Errors(pipeline => pipeline
            .Service("api", part => Complete(part, "one", "home")).DeployTo(new FakeTarget("two")))
        .Should().ContainSingle().Which.Should().Contain("move them into Service(...)");

    [Test]
    public void Build_ServiceSaysWhatThePipelineSays_IsRefused() => Errors(pipeline => pipeline
            .Service("api", part => Complete(part, "one", "home").InEnvironment("staging").Role("approver", "ada")))
        .Should().ContainSingle().Which.Should().StartWith("api: An environment, roles, services, and what the host lends");

    private static IEnumerable<Action<DeploymentPipelineBuilder>> Lent =>
    [
        part => part.UseStore(new InMemoryDeploymentStore()),
        part => part.UseTimeProvider(TimeProvider.System),
        part => part.UseLogging(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance),
        part => part.UseCommands(new RecordingCommandRunner()),
        part => part.UseSecrets(new Deployment.Secrets.EnvironmentSecretStore()),
        part => part.UseRandom(new Random(1)),
        part => part.ReportTo(new Progress<Deployment.Store.JournalEntry>()),
        part => part.ConfigureEngine(_ => { }),
    ];

    /// <summary>Silently ignored, a service's secrets would come from somewhere else than its author says.</summary>
    [TestCaseSource(nameof(Lent))]
    public void Build_ServiceSaysWhatTheHostLends_IsRefused(Action<DeploymentPipelineBuilder> lend) => Errors(pipeline => pipeline
            .Service("api", part => lend(Complete(part, "one", "home"))))
        .Should().ContainSingle().Which.Should().Contain("said to the pipeline");

    /// <summary>What requires the service would meet its old release on the target that failed.</summary>
    [Test]
    public void Build_TargetsOfAServiceMayFail_IsRefused() => Errors(pipeline => pipeline
            .Service("api", part => Complete(part, "one", "home").WithLanes(new LanePolicy { MaxFailures = 1 }))
            .Service("web", part => Complete(part, "two", "house").InWaves(waves => waves.MaxFailures = 1))
            .Service("ads", part => Complete(part, "three", "garden").InWaves(waves => waves.Waves = [Deployment.Waves.Wave.Rest() with { MaxFailures = 1 }])))
        .Should().HaveCount(3).And.OnlyContain(error => error.Contains("No target of a service may fail"));

    /// <summary>A part of a service that stays where another one failed would not be what the others go back with.</summary>
    [Test]
    public void Build_ServiceKeepsFinishedLanes_IsRefused() => Errors(pipeline => pipeline
            .Service("api", part => Complete(part, "one", "home").InWaves(waves => waves.KeepFinished = true)))
        .Should().Equal("api: Finished lanes can't be kept where the service fails: the services of a deployment go back together. Leave KeepFinished out, or deploy it by a pipeline of its own.");

    [Test]
    public void Build_PipelineHasAPolicy_IsRefused() => Errors(pipeline => pipeline
            .InEnvironment("production", EnvironmentPolicy.Development)
            .Service("api", part => Complete(part, "one", "home")))
        .Should().ContainSingle().Which.Should().StartWith("A pipeline of services can't have an environment's policy");

    [Test]
    public void Deploy_WithOverrides_IsRefused()
    {
        ServicesWorld world = new ServicesWorld().Begin();

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().DeployAsync(ServicesWorld.Web("1.1.0"), RunOverrides.Hotfix("It is on fire."))))
            .Should().Throw<DeploymentException>().WithMessage("*no policy that a run could override*");
    }

    [Test]
    public void Through_APipelineOfServices_IsRefused()
    {
        ServicesWorld world = new();
        DeploymentPipeline next = DeploymentPipeline.Create("platform").InEnvironment("next", new EnvironmentPolicy { After = ["production"] })
            .DeployTo(new FakeTarget("next")).UseBlueGreen().UseStore(world.Store).Build();

        FluentActions.Invoking(() => DeploymentPromotion.Through(world.Pipeline(more: pipeline => pipeline.UseStore(world.Store)), next)).Should().Throw<DeploymentValidationException>()
            .Which.Errors.Should().ContainSingle().Which.Should().StartWith("The pipeline of production has services");
    }

    [Test]
    public void Build_HealthOfEach_HasANameOfItsOwn() => FluentActions.Invoking(() => DeploymentPipeline.Create("platform")
            .Service("api", part => Complete(part, "one", "api answers").RequireHealthy(health => health.Http("/health")))
            .Service("web", part => Complete(part, "two", "web answers").RequireHealthy(health => health.Http("/health")))
            .UseStore(new InMemoryDeploymentStore()).Build())
        .Should().NotThrow();

    private static DeploymentPipelineBuilder Complete(DeploymentPipelineBuilder part, string target, string step) =>
        part.DeployTo(new FakeTarget(target)).UseBlueGreen().Step(step, Moment.Complete, own => own.Run((_, _) => Task.CompletedTask).NothingToUndo("It does nothing."));

    private static IReadOnlyList<string> Errors(Action<DeploymentPipelineBuilder> compose)
    {
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("platform").UseStore(new InMemoryDeploymentStore());
        compose(pipeline);
        return FluentActions.Invoking(() => pipeline.Build()).Should().Throw<DeploymentValidationException>().Which.Errors;
    }
}
