using System.Globalization;
using Deployment.Providers.Local.Client;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;
using Deployment.Testing;

namespace Deployment.Providers.Local.Tests.Support;

/// <summary>Processes behind a router in memory: what it is told is seen, and what is at the ports that it is told is asked.</summary>
public abstract class InstancesFixture : LocalFixture
{
    private protected FakeRouter Router { get; private set; } = null!;

    private protected ToldRouter Told { get; private set; } = null!;

    protected LocalInstances Shop { get; set; } = null!;

    protected HttpClient Client { get; } = new();

    protected List<string> Reports { get; } = [];

    [SetUp]
    public void MakeShop()
    {
        Router = new FakeRouter("the proxy");
        Told = new ToldRouter(Router);
        Shop = Behind(2);
        Reports.Clear();
    }

    [OneTimeTearDown]
    public void DisposeClient() => Client.Dispose();

    protected LocalInstances Behind(int instances, string name = "shop", Action<LocalInstancesOptions>? configure = null) => LocalTarget.Behind(Told, name, options =>
    {
        options.StateFolder = Folder.Path;
        options.Instances = instances;
        configure?.Invoke(options);
    });

    protected async Task DoAsync(Operation operation, long epoch = 1)
    {
        Verb verb = Shop.Verbs.Single(verb => verb.Name == operation.Verb);
        var context = new EffectContext("run", "step", epoch, new Deployment.Commands.CommandRunner(TimeProvider.System), Secrets, TimeProvider.System, Reports.Add);
        await verb.RunAsync(operation.Arguments, context, CancellationToken.None);
        (await verb.VerifyAsync(operation.Arguments, context, CancellationToken.None)).Should().BeNull();
    }

    protected VerbDescription DescriptionOf(Operation operation) => Shop.Verbs.Single(verb => verb.Name == operation.Verb).Describe(operation.Arguments);

    protected Operation Route(TrafficSplit split) => Shop.Capability<ISplitTraffic>(new Observation { Target = "shop" })!.Route(split);

    protected async Task ServeAsync(int version)
    {
        await DoAsync(Shop.Install(App(version)));
        await DoAsync(Route(TrafficSplit.AllTo(Id(version))));
    }

    protected Task<IReadOnlyList<LocalInstance>> StatusAsync() => Host.StatusAsync(CancellationToken.None);

    protected async Task<int[]> PortsAsync(int version) => [.. (await StatusAsync()).Where(instance => instance.Revision == Id(version)).OrderBy(instance => instance.Slot).Select(instance => instance.Port!.Value)];

    protected Task<string> AskAsync(int port, string path = "/") => Client.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{path}")));

    /// <summary>What the router is told of a revision that has all instances that run.</summary>
    private protected async Task<RoutedRevision> RoutedAsync(int version, int weight) =>
        new(Id(version), weight, (await PortsAsync(version)).Select((port, index) => new RoutedInstance((index + 1).ToString(CultureInfo.InvariantCulture), "127.0.0.1", port)));

    protected async Task KillSupervisorAsync()
    {
        using var client = new SupervisorClient(Folder);
        Kill((await client.StatusAsync(CancellationToken.None))!.ProcessId);
        await UntilAsync(async () => await client.StatusAsync(CancellationToken.None) is null, "the supervisor is gone");
    }
}
