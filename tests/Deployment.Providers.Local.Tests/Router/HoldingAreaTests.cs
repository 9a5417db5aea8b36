using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router;
using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class HoldingAreaTests
{
    private static LaneChoice Choice { get; } = new(StickyCookie.NewId);

    [Test]
    public async Task Take_OneMoreThanMayWait_IsRefusedAtOnceAndTheOthersAreServed()
    {
        var board = new Switchboard(Table(1));
        var area = new HoldingArea(board, Choice, TimeProvider.System);
        Task<Ticket>[] held = [.. Enumerable.Range(0, HoldingArea.Most).Select(_ => area.TakeAsync(new DefaultHttpContext()).AsTask())];

        Ticket refused = await area.TakeAsync(new DefaultHttpContext());
        board.Switch(Table(2) with { Revisions = ImmutableSortedDictionary<string, RouteEntry>.Empty.Add("a", new RouteEntry(100, [20_000])) });
        Ticket[] served = await Task.WhenAll(held);

        refused.Visit.Should().BeNull();
        served.Should().OnlyContain(ticket => ticket.Visit != null && ticket.Visit.Value.Lane.Traffic.Revision == "a");
        area.Held.Should().Be(0);
        board.Status().InFlight["a"].Should().Be(HoldingArea.Most, "each of them counts as in flight, and none twice");
    }

    [Test]
    public async Task Take_MaintenanceBeginsMeanwhile_IsAnsweredWithIt()
    {
        var board = new Switchboard(Table(1));
        var area = new HoldingArea(board, Choice, TimeProvider.System);
        Task<Ticket> held = area.TakeAsync(new DefaultHttpContext()).AsTask();

        board.Switch(Table(2) with { Maintenance = new MaintenanceRequest { Html = "soon" } });

        Ticket ticket = await held;
        ticket.Visit.Should().BeNull();
        ticket.Table.Table.Maintenance!.Html.Should().Be("soon");
    }

    [Test]
    public void Take_NothingToWaitFor_IsRefusedAtOnce() =>
        new HoldingArea(new Switchboard(Table(1) with { HoldSeconds = 0 }), Choice, TimeProvider.System).TakeAsync(new DefaultHttpContext()).AsTask().IsCompletedSuccessfully.Should().BeTrue();

    private static RouteTable Table(long generation) => new()
    {
        Epoch = 1,
        Generation = generation,
        Target = "t",
        Application = "shop",
        Address = "127.0.0.1",
        Port = 80,
        HoldSeconds = 60,
    };
}
