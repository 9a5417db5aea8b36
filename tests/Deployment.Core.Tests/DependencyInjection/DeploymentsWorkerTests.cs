using System.Net.Sockets;
using Deployment.Store;
using Deployment.Tests.Execution;
using Deployment.Tests.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Tests.DependencyInjection;

[Category("Unit")]
public sealed class DeploymentsWorkerTests
{
    private static readonly Exception[] Troubles =
    [
        // What a client of the store throws when its own request timed out: nobody asked the worker to stop.
        new TaskCanceledException("The request was cancelled."),
        new SocketException((int)SocketError.ConnectionReset),
        new DeploymentException("The store is in maintenance."),
    ];

    [TestCaseSource(nameof(Troubles))]
    public void Work_StoreFailsForAWhile_GoesOnAtTheNextIntervals(Exception trouble)
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Deploy("1.1.0");
        var store = new ForgetfulStore(world.Store, trouble);

        world.Time.Run(async () =>
        {
            using ServiceProvider provider = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(world.Time.Clock).AddSingleton<IDeploymentStore>(store)
                .AddDeployments().AddPipeline("shop", pipeline => pipeline.DeployTo(world.Target).UseBlueGreen()).AddWorker().Services.BuildServiceProvider();
            IHostedService worker = provider.GetServices<IHostedService>().Single();
            await worker.StartAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromMinutes(90), world.Time.Clock);
            world.Target.Now.Revisions.Should().HaveCount(2, "the store can't be asked what is due");
            store.Failures.Should().BeGreaterThan(60, "it is asked at each interval");

            store.Fails = false;
            await Task.Delay(TimeSpan.FromMinutes(2), world.Time.Clock);

            world.Target.Now.Revisions.Should().ContainSingle("the worker is alive and retires what is due");
            await worker.StopAsync(CancellationToken.None);
        });
    }

    [Test]
    public void Stop_WhileTheWorkerWaits_EndsIt()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Deploy("1.1.0");

        world.Time.Run(async () =>
        {
            using ServiceProvider provider = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(world.Time.Clock).AddSingleton<IDeploymentStore>(world.Store)
                .AddDeployments().AddPipeline("shop", pipeline => pipeline.DeployTo(world.Target).UseBlueGreen()).AddWorker().Services.BuildServiceProvider();
            IHostedService worker = provider.GetServices<IHostedService>().Single();
            await worker.StartAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromMinutes(5), world.Time.Clock);
            DateTimeOffset asked = world.Time.Clock.GetUtcNow();
            await worker.StopAsync(CancellationToken.None);
            world.Time.Clock.GetUtcNow().Should().Be(asked, "nothing runs that it would have to wait for");
            await Task.Delay(TimeSpan.FromHours(2), world.Time.Clock);
        });

        world.Target.Now.Revisions.Should().HaveCount(2, "a stopped worker retires nothing");
    }

    private sealed class ForgetfulStore(IDeploymentStore right, Exception trouble) : WrongStore(right)
    {
        public bool Fails { get; set; } = true;

        public int Failures { get; private set; }

        public override Task<IReadOnlyList<RunRecord>> ListRunsAsync(CancellationToken cancellationToken)
        {
            if (Fails)
            {
                Failures++;
                return Task.FromException<IReadOnlyList<RunRecord>>(trouble);
            }

            return base.ListRunsAsync(cancellationToken);
        }
    }
}
