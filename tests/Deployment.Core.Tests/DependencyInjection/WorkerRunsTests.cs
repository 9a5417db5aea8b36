using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Tests.DependencyInjection;

[Category("Unit")]
public sealed class WorkerRunsTests
{
    private VirtualTime _time = null!;
    private InMemoryDeploymentStore _store = null!;
    private Dictionary<string, FakeTarget> _targets = null!;

    [SetUp]
    public void MakeWorld()
    {
        _time = new VirtualTime();
        _store = new InMemoryDeploymentStore();
        _targets = new() { ["books"] = new FakeTarget("books"), ["shoes"] = new FakeTarget("shoes") };
    }

    [Test]
    public void OneRunIsHeld_OtherRunsAreResumedAndRetired()
    {
        Die("books", new ScriptedCheck("p95").HasInsufficientData("no samples"));
        Deploy("shoes", "1.0.0");
        Die("shoes", new ScriptedCheck("p95").Passes());

        Work(name => name == "books" ? new ScriptedCheck("p95").HasInsufficientData("no samples") : new ScriptedCheck("p95").Passes(), async () =>
        {
            await Task.Delay(TimeSpan.FromMinutes(5), _time.Clock);
            RunOf("books").State.Should().Be(RunState.Held);
            RunOf("shoes").Outcome.Should().Be(DeploymentOutcome.Succeeded);
            await Task.Delay(TimeSpan.FromHours(2), _time.Clock);
            _targets["shoes"].Now.Revisions.Should().ContainSingle("the old revision is retired although a run is held");
        });
    }

    [Test]
    public void HostStops_RunStaysOpenForTheNextHost()
    {
        Deploy("books", "1.0.0");
        Die("books", new ScriptedCheck("p95").Passes());
        _targets["books"].DelayAt(4, TimeSpan.FromMinutes(30), _time.Clock);

        Work(_ => new ScriptedCheck("p95").Passes(), () => Task.Delay(TimeSpan.FromMinutes(5), _time.Clock));

        RunOf("books").State.Should().Be(RunState.Running, "a host that restarts is no reason to go back");
        _targets["books"].Before = null;
        Work(_ => new ScriptedCheck("p95").Passes(), () => Task.Delay(TimeSpan.FromMinutes(5), _time.Clock));
        RunOf("books").Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    private void Deploy(string name, string version)
    {
        _time.Run(() => Compose(DeploymentPipeline.Create(name), name, new SimulatedProcess()).Build().DeployAsync(Release.Of(name, version, Artifact.Process(name)))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _time.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    /// <summary>Leaves a run open whose process died after the revision was installed.</summary>
    private void Die(string name, Check check)
    {
        var process = new SimulatedProcess();
        _targets[name].After = (effect, _) =>
        {
            process.Kill();
            return Task.CompletedTask;
        };
        FluentActions.Invoking(() => _time.Run(() => Compose(DeploymentPipeline.Create(name), name, process).Check(check, Moment.BeforeTraffic).Build().DeployAsync(Release.Of(name, "1.1.0", Artifact.Process(name)))))
            .Should().Throw<SimulatedCrashException>();
        _targets[name].After = null;
    }

    private RunRecord RunOf(string name) => _store.ListRunsAsync(default).GetAwaiter().GetResult().Last(run => run.Pipeline == name && run.Kind == RunKind.Deploy);

    private DeploymentPipelineBuilder Compose(DeploymentPipelineBuilder pipeline, string name, SimulatedProcess process) =>
        pipeline.DeployTo(process.Reach(_targets[name])).UseBlueGreen().UseStore(process.Reach(_store)).UseTimeProvider(_time.Clock);

    private void Work(Func<string, Check> check, Func<Task> meanwhile) => _time.Run(async () =>
    {
        IServiceCollection services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_time.Clock);
        foreach (string name in _targets.Keys)
        {
            services.AddDeployments().AddPipeline(name, pipeline => Compose(pipeline, name, new SimulatedProcess()).Check(check(name), Moment.BeforeTraffic));
        }

        using ServiceProvider provider = services.AddDeployments().AddWorker().Services.BuildServiceProvider();
        IHostedService worker = provider.GetServices<IHostedService>().Single();
        await worker.StartAsync(CancellationToken.None);
        await meanwhile();
        await worker.StopAsync(CancellationToken.None);
    });
}
