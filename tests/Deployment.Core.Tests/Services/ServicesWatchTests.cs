using Deployment.Analysis;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using static Deployment.Tests.Services.ServicesWorld;

namespace Deployment.Tests.Services;

/// <summary>Services that are watched on after their deployments: what one brought goes back, and nothing else.</summary>
[Category("Unit")]
public sealed class ServicesWatchTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, double> _errors = [];
    private ServicesWorld _world = null!;

    [SetUp]
    public void MakeWorld()
    {
        _errors.Clear();
        _world = new ServicesWorld();
        _world.Deploy(Of("web", "1.0.0"), Of("api", "1.0.0"), Of("accounts", "1.0.0")).Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Complete_TheFirstOfTwoDeploymentsIsBad_OnlyThatOneGoesBack()
    {
        string web = Deploy(Of("web", "1.1.0"));
        Deploy(Of("api", "1.1.0"));
        _errors["on-web"] = 0.5;

        IReadOnlyList<DeploymentResult> results = CompleteAfter(Interval);

        Live.Should().Be("web web_1.0.0_1=100, api api_1.1.0_1=100, accounts accounts_1.0.0_1=100");
        results.Should().ContainSingle(result => result.Runbook.Kind == RunKind.RollBack).Which.RunId.Should().Be(web + "-watch-back");
        Scheduled(RunKind.Watch).Should().ContainSingle("the other one is watched on").Which.Targets.Single().Target.Should().Be("on-api");
    }

    [Test]
    public void Complete_OneServiceOfADeploymentIsBad_TheWholeDeploymentGoesBack()
    {
        string both = Deploy(Of("web", "1.1.0"), Of("api", "1.1.0"));
        Deploy(Of("accounts", "1.1.0"));
        _errors["on-api"] = 0.5;

        IReadOnlyList<DeploymentResult> results = CompleteAfter(Interval);

        Live.Should().Be("web web_1.0.0_1=100, api api_1.0.0_1=100, accounts accounts_1.1.0_1=100");
        results.Should().ContainSingle(result => result.Runbook.Kind == RunKind.RollBack).Which.RunId.Should().Be(both + "-watch-back");
    }

    [Test]
    public void Complete_OneRunLooksAtTheServicesOfADeployment()
    {
        string both = Deploy(Of("web", "1.1.0"), Of("api", "1.1.0"));

        DeploymentResult look = CompleteAfter(Interval).Should().ContainSingle().Subject;

        look.RunId.Should().Be(both + "-watch-1");
        look.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        look.Runbook.Steps.OfType<CheckStep>().Select(step => step.Subject.Target).Should().BeEquivalentTo("on-web", "on-api");
    }

    [Test]
    public void Complete_OneServiceGotANewerRelease_TheOtherIsWatchedOnAndGoesBackAlone()
    {
        string both = Deploy(Of("web", "1.1.0"), Of("api", "1.1.0"));
        Deploy(Of("web", "1.2.0"));
        _errors["on-api"] = 0.5;

        IReadOnlyList<DeploymentResult> results = CompleteAfter(Interval);

        Live.Should().Be("web web_1.2.0_1=100, api api_1.0.0_1=100, accounts accounts_1.0.0_1=100");
        results.Should().ContainSingle(result => result.Runbook.Kind == RunKind.RollBack).Which.RunId.Should().Be(both + "-watch-back");
    }

    [Test]
    public void Complete_AnotherServiceNeedsIt_StaysAndSaysWhy()
    {
        string api = Deploy(Of("api", "1.1.0"));
        Deploy(Of("web", "1.1.0").Requires("api", "[1.1,)"));
        _errors["on-api"] = 0.5;

        FluentActions.Invoking(() => CompleteAfter(Interval)).Should().Throw<DeploymentException>().WithMessage("*It can't go back by itself*web 1.1.0*api*");

        Live.Should().Be("web web_1.1.0_1=100, api api_1.1.0_1=100, accounts accounts_1.0.0_1=100");
        RunRecord back = Runs.Single(run => run.Kind == RunKind.RollBack);
        back.Id.Should().Be(api + "-watch-back");
        back.Outcome.Should().Be(DeploymentOutcome.Rejected);
        back.Reason.Should().Contain("found on on-api: error rate is above 10%").And.Contain("It can't go back by itself");
    }

    [Test]
    public void Complete_OneLookIsHeld_AnotherDeploymentGoesBackMeanwhile()
    {
        Deploy(Of("web", "1.1.0"));
        Deploy(Of("api", "1.1.0"));
        _errors["on-web"] = 0.07;
        _errors["on-api"] = 0.5;
        _world.Time.Clock.Advance(Interval);

        _world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = Pipeline();
            Task<IReadOnlyList<DeploymentResult>> completing = pipeline.CompleteAsync();
            await Task.Delay(TimeSpan.FromMinutes(5), _world.Time.Clock);
            Live.Should().Be("web web_1.1.0_1=100, api api_1.0.0_1=100, accounts accounts_1.0.0_1=100");
            RunRecord held = Runs.Single(run => run.State == RunState.Held);
            held.Targets.Single().Target.Should().Be("on-web");
            await pipeline.SignalAsync(held.Id, Signal.Abort("ada", "users complain"));
            (await completing).Should().HaveCount(4);
        });

        Live.Should().Be("web web_1.0.0_1=100, api api_1.0.0_1=100, accounts accounts_1.0.0_1=100");
        Runs.Last(run => run.Kind == RunKind.RollBack).Reason.Should().EndWith("was aborted: Abort by ada: users complain");
    }

    private string Live => _world.Live;

    private IReadOnlyList<RunRecord> Runs => _world.Store.ListRunsAsync(CancellationToken.None).Result;

    private IEnumerable<RunRecord> Scheduled(RunKind kind) => Runs.Where(run => run.Kind == kind && run.State == RunState.Scheduled);

    private DeploymentPipeline Pipeline()
    {
        var random = new Random(Runs.Count);
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("platform");
        foreach (string name in new[] { "web", "api", "accounts" })
        {
            pipeline.Service(name, service => service
                .DeployTo(_world.Targets[name])
                .UseBlueGreen()
                .Monitor(TimeSpan.FromMinutes(1), monitor => monitor
                    .From(new FakeMetricSource(_world.Time.Clock).Ratio(Metric.ErrorRate, 100, (subject, _) => _errors.GetValueOrDefault(subject.Target)))
                    .RollBackWhen(Metric.ErrorRate.IsAbove(0.10))
                    .InvestigateWhen(Metric.ErrorRate.IsAbove(0.05))
                    .With(options =>
                    {
                        options.Intensive = TimeSpan.Zero;
                        options.Extended = TimeSpan.FromHours(24);
                    })));
        }

        return pipeline.UseStore(_world.Store).UseTimeProvider(_world.Time.Clock).UseRandom(random).UseCommands(new RecordingCommandRunner()).Build();
    }

    private string Deploy(params Release[] releases)
    {
        DeploymentResult result = _world.Time.Run(() => Pipeline().DeployAsync(releases));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        _world.Time.Clock.Advance(TimeSpan.FromMinutes(1));
        return result.RunId;
    }

    private IReadOnlyList<DeploymentResult> CompleteAfter(TimeSpan time)
    {
        _world.Time.Clock.Advance(time);
        return _world.Time.Run(() => Pipeline().CompleteAsync());
    }
}
