using Deployment.Analysis;
using Deployment.Releases;
using Deployment.Routing;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Tests.Routing;

[Category("Unit")]
public sealed class RoutedTrafficTests
{
    private static readonly RevisionId Old = RevisionId.Parse("shop_1.0.0_1");
    private static readonly RevisionId New = RevisionId.Parse("shop_1.1.0_2");
    private static readonly EffectContext Context = new("run", "step", 2, new RecordingCommandRunner(), new EnvironmentSecretStore(), new ManualClock());

    private readonly List<string> _serving = [];
    private FakeRouter _router = null!;
    private RoutedTraffic _traffic = null!;

    [SetUp]
    public void Make()
    {
        _router = new FakeRouter { TakesTesters = true, PreviewAddress = new Uri("http://127.0.0.1:8081/") };
        _traffic = Of(_router);
        _serving.Clear();
    }

    [Test]
    public async Task Route_AnotherRevision_IsAppliedBetweenWhatServesBeforeAndAfter()
    {
        await RunAsync(_traffic.Route(TrafficSplit.AllTo(Old)));
        _serving.Clear();

        await RunAsync(_traffic.Route(TrafficSplit.AllTo(New)));

        _serving.Should().Equal("shop_1.0.0_1+shop_1.1.0_2 while shop_1.0.0_1=100", "shop_1.1.0_2 while shop_1.1.0_2=100");
        _router.Applied[^1].ToString().Should().Be("shop_1.1.0_2=100 on 1=shop_1.1.0_2:20000");
        _router.State.Epochs["shop"].Should().Be(2);
    }

    [Test]
    public async Task Route_ToNothing_LeavesATableWithoutRevisions()
    {
        await RunAsync(_traffic.Route(TrafficSplit.AllTo(Old)));
        _serving.Clear();

        await RunAsync(_traffic.Route(TrafficSplit.None));

        _router.State.Table.Should().Be(RoutingTable.Empty);
        _serving.Should().Equal("shop_1.0.0_1 while shop_1.0.0_1=100", " while none");
    }

    [Test]
    public async Task RouteTesters_RevisionHasNoShare_IsInTheTableWithItsInstances()
    {
        await RunAsync(_traffic.RouteTesters(New, TrafficSplit.AllTo(Old)));

        _router.Applied[^1].ToString().Should().Be("shop_1.0.0_1=100 on 1=shop_1.0.0_1:20000; shop_1.1.0_2=0 on 1=shop_1.1.0_2:20000");
    }

    [Test]
    public async Task Preview_Revision_IsInTheTableAndEndsWithTheNextOne()
    {
        Operation preview = _traffic.Preview(New, TrafficSplit.AllTo(Old));
        await RunAsync(preview);

        _router.Applied[^1].ToString().Should().Be("shop_1.0.0_1=100 on 1=shop_1.0.0_1:20000; shop_1.1.0_2=0 on 1=shop_1.1.0_2:20000; previews shop_1.1.0_2");
        (await VerifyAsync(preview)).Should().BeNull();

        await RunAsync(_traffic.Preview(null, TrafficSplit.AllTo(Old)));
        _router.Applied[^1].Preview.Should().BeNull();
        (await VerifyAsync(preview)).Should().Be("router previews nothing.");
    }

    [Test]
    public async Task Verify_RouterDoesOtherwise_SaysWhat()
    {
        Operation route = _traffic.Route(TrafficSplit.AllTo(New));
        await RunAsync(route);
        (await VerifyAsync(route)).Should().BeNull();

        _router.State = _router.State with { Problems = ["The map is missing.", "It is old."] };
        (await VerifyAsync(route)).Should().Be("The map is missing.");

        _router.State = _router.State with { Table = new RoutingTable([new(Old, 1, [new("1", "a", 1)])]) };
        (await VerifyAsync(route)).Should().Be("router routes shop_1.0.0_1=100.");

        _router.State = _router.State with { Table = new RoutingTable([new(New, 1, [new("1", "a", 1)])], New) };
        (await VerifyAsync(route)).Should().Be("router previews shop_1.1.0_2.");
    }

    [Test]
    public async Task Route_RevisionHasNoInstances_ChangesNothing()
    {
        var traffic = new RoutedTraffic("web", _router, (revision, _, _) => throw new DeploymentException($"{revision} doesn't run."), _ => "", Serving);

        await FluentActions.Awaiting(() => RunAsync(traffic.Route(TrafficSplit.AllTo(New)), traffic)).Should().ThrowAsync<DeploymentException>().WithMessage("shop_1.1.0_2 doesn't run.");

        _router.Applied.Should().BeEmpty();
        _serving.Should().BeEmpty();
    }

    [Test]
    public async Task Route_WhatServesCannotBeKept_ChangesNothing()
    {
        var traffic = new RoutedTraffic("web", _router, InstancesAsync, _ => "", (_, _, _) => throw new DeploymentException("It won't come back by itself."));

        await FluentActions.Awaiting(() => RunAsync(traffic.Route(TrafficSplit.AllTo(New)), traffic)).Should().ThrowAsync<DeploymentException>();

        _router.Applied.Should().BeEmpty();
    }

    [Test]
    public async Task Route_NobodyIsToldWhatServes_IsApplied()
    {
        var traffic = new RoutedTraffic("web", _router, InstancesAsync, _ => "");

        await RunAsync(traffic.Route(TrafficSplit.AllTo(New)), traffic);

        _router.State.Table.Traffic.ShareOf(New).Should().Be(100);
    }

    [Test]
    public async Task Maintenance_StartsAndEnds_RouterIsInItMeanwhile()
    {
        await RunAsync(_traffic.Route(TrafficSplit.AllTo(Old)));
        Operation start = _traffic.StartMaintenance(new MaintenancePage("<p>Back soon.</p>"));
        Operation end = _traffic.EndMaintenance();
        (await VerifyAsync(start)).Should().Be("web is not in maintenance.");
        (await VerifyAsync(end)).Should().BeNull();

        await RunAsync(start);
        _router.State.InMaintenance.Should().BeTrue();
        (await VerifyAsync(start)).Should().BeNull();
        (await VerifyAsync(end)).Should().Be("web is still in maintenance.");

        await RunAsync(end);
        _router.State.InMaintenance.Should().BeFalse();
        _router.State.Table.Traffic.ShareOf(Old).Should().Be(100, "what is routed stays");
    }

    [Test]
    public void Describe_EachOperation_SaysWhatIsSeenThen()
    {
        Describe(_traffic.Route(TrafficSplit.AllTo(New))).Should().BeEquivalentTo(new
        {
            Commands = new[] { "fakerouter route shop_1.1.0_2=100" },
            Expected = "web routes shop_1.1.0_2=100, and nothing is in flight on a revision without a share.",
            VerificationCommands = new[] { "fakerouter show" },
        });
        Describe(_traffic.Route(TrafficSplit.None)).Expected.Should().Be("web answers 503.");
        Describe(_traffic.Preview(New, TrafficSplit.AllTo(Old))).Expected.Should().StartWith("http://127.0.0.1:8081/ is answered by shop_1.1.0_2, and web routes shop_1.0.0_1=100");
        Describe(_traffic.StartMaintenance(new MaintenancePage("x"))).Expected.Should().Be("web answers 503 with a maintenance page, and nothing else is in flight.");
        Describe(_traffic.EndMaintenance()).Expected.Should().Be("web serves its revisions.");
    }

    [Test]
    public void Describe_EachOperation_SaysWhatIsVerified()
    {
        Describe(_traffic.Route(TrafficSplit.AllTo(New))).Verification.Should().Be("The router itself says that it follows this split.");
        Describe(_traffic.Preview(New, TrafficSplit.AllTo(Old))).Verification.Should().Be("The router itself says that it follows this split and previews this revision.");
        Describe(_traffic.StartMaintenance(new MaintenancePage("x"))).Verification.Should().Be("The router itself says that it is in maintenance.");
        Describe(_traffic.EndMaintenance()).Verification.Should().Be("The router itself says that it serves.");
    }

    [Test]
    public void Describe_TargetKeepsWhatServes_HasItsLinesAroundTheSwitch()
    {
        var traffic = new RoutedTraffic("web", _router, InstancesAsync, _ => "", servingCommands: serving => new ServingCommands([$"keep {string.Join('+', serving)}"], [$"keep only {string.Join('+', serving)}"]));
        Operation route = traffic.Route(new TrafficSplit([KeyValuePair.Create(Old, 90), KeyValuePair.Create(New, 10)]));

        VerbOf(route, traffic).Describe(route.Arguments).Commands
            .Should().Equal("keep shop_1.0.0_1+shop_1.1.0_2", "fakerouter route shop_1.0.0_1=90,shop_1.1.0_2=10", "keep only shop_1.0.0_1+shop_1.1.0_2");
    }

    [Test]
    public void Capability_RouterMeasures_IsTheRouterItself()
    {
        var router = new CountingRouter(_router);

        new RoutedTraffic("web", router, InstancesAsync, _ => "").Capability<IMetricSource>().Should().BeSameAs(router);
    }

    [Test]
    public void Capability_RouterCanLess_OffersLess()
    {
        _traffic.Capability<ISplitTraffic>().Should().NotBeNull();
        _traffic.Capability<IRouteTesters>().Should().NotBeNull();
        _traffic.Capability<IPreviewRevisions>()!.PreviewAddress.Should().Be(_router.PreviewAddress);
        _traffic.Capability<IPreviewRevisions>()!.PreviewCommands().Should().Equal("curl -sS -i http://127.0.0.1:8081/");
        _traffic.Capability<ISplitTraffic>()!.Limits.Should().Be(_router.Limits);
        _traffic.Capability<IRouteTesters>()!.TesterCommands(New).Should().Equal("fakerouter reach shop_1.1.0_2");
        _traffic.Capability<IMetricSource>().Should().BeNull("the fake counts nothing");
        _traffic.Capability<IUpdateInPlace>().Should().BeNull("no router does that");

        RoutedTraffic less = Of(new FakeRouter());
        less.Capability<ISplitTraffic>().Should().NotBeNull();
        less.Capability<IRouteTesters>().Should().BeNull();
        less.Capability<IPreviewRevisions>().Should().BeNull();
    }

    [Test]
    public void Create_BadTargetName_IsRefused() =>
        FluentActions.Invoking(() => new RoutedTraffic("we b", _router, InstancesAsync, _ => "")).Should().Throw<DeploymentException>();

    private static Task<IReadOnlyList<RoutedInstance>> InstancesAsync(RevisionId revision, EffectContext context, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RoutedInstance>>([new("1", revision.ToString(), 20000)]);

    private RoutedTraffic Of(FakeRouter router) => new("web", router, InstancesAsync, revision => $"address {revision}", Serving);

    private Task Serving(IReadOnlySet<RevisionId> revisions, EffectContext context, CancellationToken cancellationToken)
    {
        _serving.Add($"{string.Join('+', revisions.Select(revision => revision.ToString()).Order(StringComparer.Ordinal))} while {_router.State.Table.Traffic}");
        return Task.CompletedTask;
    }

    private Task RunAsync(Operation operation, RoutedTraffic? traffic = null) => VerbOf(operation, traffic).RunAsync(operation.Arguments, Context, CancellationToken.None);

    private Task<string?> VerifyAsync(Operation operation) => VerbOf(operation).VerifyAsync(operation.Arguments, Context, CancellationToken.None);

    private VerbDescription Describe(Operation operation) => VerbOf(operation).Describe(operation.Arguments);

    private Verb VerbOf(Operation operation, RoutedTraffic? traffic = null) => (traffic ?? _traffic).Verbs.Single(verb => verb.Name == operation.Verb);
}
