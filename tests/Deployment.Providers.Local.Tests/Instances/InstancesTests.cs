using Deployment.Analysis;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Targets;
using Deployment.Testing;

namespace Deployment.Providers.Local.Tests.Instances;

public sealed class InstancesTests : InstancesFixture
{
    [Test]
    public async Task Route_ToAnotherRevision_RouterIsToldWhereItsInstancesListen()
    {
        await ServeAsync(1);
        await DoAsync(Shop.Install(App(2)));
        Router.Applied.Should().HaveCount(1, "what is installed takes no traffic");

        await DoAsync(Route(new TrafficSplit([KeyValuePair.Create(Id(1), 90), KeyValuePair.Create(Id(2), 10)])));

        Router.Applied[^1].Should().Be(new RoutingTable([await RoutedAsync(1, 90), await RoutedAsync(2, 10)]));
        foreach (int port in await PortsAsync(2))
        {
            (await AskAsync(port)).Should().Be("v2");
        }
    }

    [Test]
    public async Task Observe_ProcessesAreTheSupervisorsAndTrafficIsTheRouters()
    {
        await ServeAsync(1);
        await DoAsync(Shop.Install(App(2)), epoch: 4);
        Router.State = Router.State with { Problems = ["The proxy is on fire."] };

        Observation seen = await Shop.ObserveAsync(CancellationToken.None);

        seen.Revisions.Select(revision => (revision.Id, revision.Instances)).Should().Equal((Id(1), 2), (Id(2), 2));
        seen.Revisions[1].Addresses.Select(address => address.Port).Should().Equal(await PortsAsync(2));
        seen.Live().Should().Be(Id(1));
        seen.Slots.ToString().Should().Be(Router.State.Table.Slots.ToString());
        seen.Problems.Should().Equal("The proxy is on fire.");
        seen.Epochs.Should().BeEquivalentTo(new Dictionary<string, long> { ["shop"] = 4 });
        Router.State = Router.State with { Epochs = new Dictionary<string, long> { ["shop"] = 9, ["news"] = 2 } };
        (await Shop.ObserveAsync(CancellationToken.None)).Epochs.Should().BeEquivalentTo(new Dictionary<string, long> { ["news"] = 2, ["shop"] = 9 });
    }

    [Test]
    public async Task Update_NewOneServesBeforeTheOldOneEnds()
    {
        await DoAsync(Shop.Update(App(1)));
        List<string> answers = [];
        int[] old = await PortsAsync(1);
        Told.Told = async table =>
        {
            // At the switch both must be there: what the router follows still, and what it is told.
            foreach (int port in old.Concat(table.Revisions.Single().Instances.Select(instance => instance.Port)))
            {
                answers.Add(await AskAsync(port));
            }
        };

        await DoAsync(Shop.Update(App(2)));

        answers.Should().Equal("v1", "v1", "v2", "v2");
        Router.State.Table.Should().Be(new RoutingTable([await RoutedAsync(2, 100)]));
        (await StatusAsync()).Should().OnlyContain(instance => instance.Revision == Id(2), "the old one has ended");
        Told.Told = _ => Task.CompletedTask;
        await DoAsync(Shop.Update(App(2)));
        (await StatusAsync()).Should().HaveCount(2, "repeated, it changes nothing");
    }

    [Test]
    public async Task Update_NewOneNeverListens_OldOneServesOnAndRouterIsToldNothing()
    {
        await DoAsync(Shop.Update(App(1)));

        await FluentActions.Awaiting(() => DoAsync(Shop.Update(App(2, "exit", "9")))).Should().ThrowAsync<DeploymentException>().WithMessage("*exit code 9*line 60*");

        Router.Applied.Should().ContainSingle();
        (await StatusAsync()).Should().HaveCount(2).And.OnlyContain(instance => instance.Revision == Id(1));
    }

    [Test]
    public async Task Remove_WhatTakesTraffic_IsRefusedAndRunsOn()
    {
        await ServeAsync(1);

        await FluentActions.Awaiting(() => DoAsync(Shop.Remove(Id(1)))).Should().ThrowAsync<DeploymentException>().WithMessage("*takes traffic*the proxy routes*elsewhere first*");

        (await AskAsync((await PortsAsync(1))[0])).Should().Be("v1");
    }

    [Test]
    public async Task Remove_WhatTestersReach_RouterForgetsItBeforeItEnds()
    {
        await ServeAsync(1);
        await DoAsync(Shop.Install(App(2)));
        Router.State = Router.State with { Table = new RoutingTable([await RoutedAsync(1, 100), await RoutedAsync(2, 0)], Id(2)) };
        int port = (await PortsAsync(2))[0];
        string? answer = null;
        Told.Told = async _ => answer = await AskAsync(port);

        await DoAsync(Shop.Remove(Id(2)));

        answer.Should().Be("v2", "it ran until the router had forgotten it");
        Router.State.Table.Should().Be(new RoutingTable([await RoutedAsync(1, 100)]));
        (await StatusAsync()).Should().OnlyContain(instance => instance.Revision == Id(1));
        await DoAsync(Shop.Remove(Id(2)));
    }

    [Test]
    public async Task Clear_LeavesNothingAndTheRouterServesNothing()
    {
        await ServeAsync(1);
        await DoAsync(Shop.Install(App(2)));

        await DoAsync(Shop.Clear(Id(1)));

        Router.State.Table.Should().Be(RoutingTable.Empty);
        (await StatusAsync()).Should().BeEmpty();
        (await Shop.ObserveAsync(CancellationToken.None)).Revisions.Should().BeEmpty();
    }

    [Test]
    public async Task Router_CantBeReached_IsSaidAndNothingIsChanged()
    {
        await ServeAsync(1);
        await DoAsync(Shop.Install(App(2)));
        IReadOnlyList<LocalInstance> before = await StatusAsync();
        Router.Fail(new DeploymentException("The proxy can't be reached at /run/proxy.sock."));

        Operation[] operations = [Shop.Update(App(3)), Shop.Remove(Id(2)), Shop.Clear(Id(1)), Route(TrafficSplit.AllTo(Id(2)))];
        foreach (Operation operation in operations)
        {
            await FluentActions.Awaiting(() => DoAsync(operation)).Should().ThrowAsync<DeploymentException>().WithMessage("The proxy can't be reached*", operation.Verb);
        }

        await FluentActions.Awaiting(() => Shop.ObserveAsync(CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("The proxy can't be reached*");
        (await StatusAsync()).Should().Equal(before);
    }

    [Test]
    public async Task Run_ThatWasOvertaken_IsRefused()
    {
        await DoAsync(Shop.Install(App(1)), epoch: 3);
        await DoAsync(Route(TrafficSplit.AllTo(Id(1))), epoch: 5);

        await FluentActions.Awaiting(() => DoAsync(Shop.Install(App(2)), epoch: 2)).Should().ThrowAsync<DeploymentException>().WithMessage("Epoch 2 of shop is over*");
        await DoAsync(Shop.Install(App(2)), epoch: 4);
        await FluentActions.Awaiting(() => DoAsync(Route(TrafficSplit.AllTo(Id(2))), epoch: 4)).Should().ThrowAsync<DeploymentException>().WithMessage("*epoch 5*taken over*");
        (await Shop.ObserveAsync(CancellationToken.None)).Live().Should().Be(Id(1));
    }

    [Test]
    public async Task Run_ThatWasOvertakenAtTheRouterAlone_ChangesNoProcess()
    {
        await ServeAsync(1);
        await DoAsync(Shop.Install(App(2)));
        IReadOnlyList<LocalInstance> before = await StatusAsync();
        Router.State = Router.State with { Epochs = new Dictionary<string, long> { ["shop"] = 5 } };

        Operation[] operations = [Shop.Update(App(3)), Shop.Remove(Id(2)), Shop.Clear(Id(1))];
        foreach (Operation operation in operations)
        {
            await FluentActions.Awaiting(() => DoAsync(operation, epoch: 4)).Should().ThrowAsync<DeploymentException>().WithMessage("*epoch 5*taken over*", operation.Verb);
        }

        (await StatusAsync()).Should().Equal(before);
    }

    [Test]
    public async Task Run_ThatWasOvertakenAtTheSupervisorAlone_ChangesNoTraffic()
    {
        await ServeAsync(1);
        await DoAsync(Shop.Install(App(2)), epoch: 5);

        await FluentActions.Awaiting(() => DoAsync(Route(TrafficSplit.AllTo(Id(2))), epoch: 4)).Should().ThrowAsync<DeploymentException>().WithMessage("Epoch 4 of shop is over*epoch 5*");

        (await Shop.ObserveAsync(CancellationToken.None)).Live().Should().Be(Id(1));
    }

    [Test]
    public async Task Route_NothingStandsThere_SaysSoAndTellsTheRouterNothing()
    {
        await FluentActions.Awaiting(() => DoAsync(Route(TrafficSplit.AllTo(Id(1))))).Should().ThrowAsync<DeploymentException>().WithMessage($"{Id(1)} doesn't stand on shop*Install it first.");

        Router.Applied.Should().BeEmpty();
    }

    [Test]
    public async Task Capability_IsWhatTheRouterDoes()
    {
        Observation seen = await Shop.ObserveAsync(CancellationToken.None);

        Shop.Capability<ISplitTraffic>(seen)!.Limits.Should().Be(Router.Limits);
        Shop.Capability<IHostRevisions>(seen).Should().BeSameAs(Shop);
        Shop.Capability<IUpdateInPlace>(seen).Should().BeSameAs(Shop);
        Shop.Capability<IReplaceInstances>(seen).Should().BeNull();
        Shop.Capability<IRouteTesters>(seen).Should().BeNull();
        Shop.Capability<IPreviewRevisions>(seen).Should().BeNull();
        Shop.Capability<IMetricSource>(seen).Should().BeNull();
        LocalInstances more = LocalTarget.Behind(new FakeRouter { TakesTesters = true, PreviewAddress = new Uri("http://127.0.0.1:9") }, "shop", options => options.StateFolder = Folder.Path);
        more.Capability<IRouteTesters>(seen).Should().NotBeNull();
        more.Capability<IPreviewRevisions>(seen)!.PreviewAddress.Port.Should().Be(9);
    }

    [Test]
    public async Task HealthPath_DecidesWhenItIsReady()
    {
        Shop = Behind(1, configure: options =>
        {
            options.HealthPath = "/no-such-page";
            options.StartTimeout = TimeSpan.FromSeconds(5);
        });

        await FluentActions.Awaiting(() => DoAsync(Shop.Install(App(1)))).Should().ThrowAsync<DeploymentException>().WithMessage("*did not answer GET /no-such-page*");
    }

    [Test]
    public async Task Maintenance_IsTheRouters()
    {
        await DoAsync(Shop.StartMaintenance(new MaintenancePage("<p>back soon")));
        Router.State.InMaintenance.Should().BeTrue();
        await DoAsync(Shop.EndMaintenance());
        Router.State.InMaintenance.Should().BeFalse();
    }
}
