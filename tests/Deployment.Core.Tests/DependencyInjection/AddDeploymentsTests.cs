using Deployment.Notifications;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Deployment.Tests.DependencyInjection;

[Category("Unit")]
public sealed class AddDeploymentsTests
{
    [Test]
    public async Task AddPipeline_IsBuiltOnceWithTheHostsServices()
    {
        var store = new InMemoryDeploymentStore();
        using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<IDeploymentStore>(store)
            .AddSingleton<FakeTarget>()
            .AddLogging()
            .AddDeployments().AddPipeline("shop", (services, pipeline) => pipeline.DeployTo(services.GetRequiredService<FakeTarget>()).UseBlueGreen())
            .Services.AddSingleton(_ => new FakeTarget("web")).BuildServiceProvider();

        DeploymentPipeline pipeline = provider.GetRequiredKeyedService<DeploymentPipeline>("shop");

        pipeline.Should().BeSameAs(provider.GetRequiredService<DeploymentPipelines>()["shop"]);
        (await pipeline.DeployAsync(Release.Of("shop", "1.0.0", Artifact.Process("shop")))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        (await store.ListRunsAsync(default)).Should().ContainSingle();
    }

    [Test]
    public void AddPipeline_TheHostHasANotifier_PersonsAreToldByIt()
    {
        var time = new VirtualTime();
        var store = new InMemoryDeploymentStore();
        var told = new List<Notice>();
        using ServiceProvider provider = new ServiceCollection()
            .AddSingleton<IDeploymentStore>(store)
            .AddSingleton<TimeProvider>(time.Clock)
            .AddSingleton<INotifier>(new Teller(told))
            .AddLogging()
            .AddDeployments().AddPipeline("shop", pipeline => pipeline.DeployTo(new FakeTarget("web")).UseBlueGreen().Check(new ScriptedCheck("p95").Fails("25% slower"), Moment.Shifted, FailureAction.Investigate))
            .Services.BuildServiceProvider();

        DeploymentResult result = time.Run(async () =>
        {
            DeploymentPipeline pipeline = provider.GetRequiredService<DeploymentPipelines>()["shop"];
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Release.Of("shop", "1.0.0", Artifact.Process("shop")));
            await Task.Delay(TimeSpan.FromMinutes(1), time.Clock);
            await pipeline.SignalAsync((await store.ListRunsAsync(default)).Single().Id, Signal.Abort("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        told.Should().ContainSingle().Which.Title.Should().Be("shop 1.0.0 in production is held: p95");
    }

    [Test]
    public async Task Start_WithErrors_ReportsAllOfThemTogether()
    {
        HostApplicationBuilder host = Host.CreateApplicationBuilder();
        host.Services.AddDeployments(options =>
            {
                options.Engine.LeaseTerm = TimeSpan.Zero;
                options.WorkerInterval = TimeSpan.Zero;
            })
            .AddPipeline("no-target", pipeline => pipeline.UseBlueGreen())
            .AddPipeline("no-strategy", pipeline => pipeline.DeployTo(new FakeTarget()).RequireHealthy(_ => { }))
            .AddPipeline("../evil\n", pipeline => pipeline.DeployTo(new FakeTarget()).UseRecreate());
        using IHost built = host.Build();

        OptionsValidationException error = (await FluentActions.Awaiting(() => built.StartAsync()).Should().ThrowAsync<OptionsValidationException>()).Which;

        string all = string.Join('\n', error.Failures);
        all.Should().Contain("Engine.LeaseTerm is 00:00:00")
            .And.Contain("WorkerInterval is 00:00:00")
            .And.Contain("Pipeline 'no-target': There is no target.")
            .And.Contain("Pipeline 'no-strategy': There is no strategy.")
            .And.Contain("Pipeline '../evil\\u000a': The pipeline name '../evil\\u000a' can't be used");
        error.Failures.Should().HaveCountGreaterThan(5);
    }

    [Test]
    public void Lookup_UnknownName_NamesTheKnownOnes()
    {
        using ServiceProvider provider = new ServiceCollection().AddLogging().AddDeployments()
            .AddPipeline("shop", pipeline => pipeline.DeployTo(new FakeTarget()).UseBlueGreen().UseStore(new InMemoryDeploymentStore())).Services.BuildServiceProvider();

        FluentActions.Invoking(() => provider.GetRequiredService<DeploymentPipelines>()["shoe"]).Should().Throw<DeploymentException>().WithMessage("There is no pipeline 'shoe'. There are: shop.");
    }

    [Test]
    public void Worker_ResumesWhatACrashLeftAndRetiresWhatIsDue()
    {
        var time = new VirtualTime();
        var store = new InMemoryDeploymentStore();
        var target = new FakeTarget("web");
        DeploymentPipelineBuilder Compose(DeploymentPipelineBuilder pipeline, SimulatedProcess process) =>
            pipeline.DeployTo(process.Reach(target)).UseBlueGreen().UseStore(process.Reach(store)).UseTimeProvider(time.Clock);
        DeploymentPipeline Pipeline(SimulatedProcess process) => Compose(DeploymentPipeline.Create("shop"), process).Build();
        time.Run(() => Pipeline(new SimulatedProcess()).DeployAsync(Release.Of("shop", "1.0.0", Artifact.Process("shop"))));
        time.Clock.Advance(TimeSpan.FromMinutes(1));
        FluentActions.Invoking(() => time.Run(() => Pipeline(new SimulatedProcess(20)).DeployAsync(Release.Of("shop", "1.1.0", Artifact.Process("shop"))))).Should().Throw<SimulatedCrashException>();

        time.Run(async () =>
        {
            using ServiceProvider provider = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(time.Clock)
                .AddDeployments().AddPipeline("shop", pipeline => Compose(pipeline, new SimulatedProcess())).AddWorker().Services.BuildServiceProvider();
            IHostedService worker = provider.GetServices<IHostedService>().Single();
            using var stop = new CancellationTokenSource();
            await worker.StartAsync(stop.Token);
            await Task.Delay(TimeSpan.FromMinutes(5), time.Clock);
            target.Now.Traffic.ToString().Should().Be("shop_1.1.0_1=100", "the run is finished");
            target.Now.Revisions.Should().HaveCount(2);
            await Task.Delay(TimeSpan.FromHours(2), time.Clock);
            target.Now.Revisions.Should().ContainSingle("the old revision is retired when its window has closed");
            await worker.StopAsync(CancellationToken.None);
        });
    }

    private sealed class Teller(List<Notice> told) : INotifier
    {
        public Task NotifyAsync(Notice notice, CancellationToken cancellationToken)
        {
            told.Add(notice);
            return Task.CompletedTask;
        }
    }
}
