using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class SwitchboardTests
{
    [TestCase(4, 9, Description = "older epoch")]
    [TestCase(5, 6, Description = "older generation")]
    [TestCase(5, 7, Description = "same generation, other routes")]
    public void Switch_OlderTable_IsRefused(long epoch, long generation)
    {
        var board = new Switchboard(Table(epoch: 5, generation: 7, "a"));

        FluentActions.Invoking(() => board.Switch(Table(epoch, generation, "b"))).Should().Throw<DeploymentException>();
        board.Table.Revisions.Keys.Should().Equal("a");
    }

    [Test]
    public void Take_NothingServed_IsNull() => new Switchboard(Table(1, 1)).Take(0, Turn).Lane.Should().BeNull();

    // What a drain rests on: once the switch is done and the old revision has nothing in flight, no request can still enter it.
    [Test]
    public async Task Switch_WhileRequestsEnter_DrainMissesNone()
    {
        var board = new Switchboard(Table(1, 1, "a0"));
        using var stop = new CancellationTokenSource();
        int[] closed = new int[2001];
        int entered = 0;
        Task[] requests = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Lane lane = board.Take(0, Turn).Lane!;
                int revision = int.Parse(lane.Traffic.Revision[1..], System.Globalization.CultureInfo.InvariantCulture);
                if (Volatile.Read(ref closed[revision]) == 1)
                {
                    Interlocked.Increment(ref entered);
                }

                lane.Traffic.Leave();
            }
        }))];

        for (int revision = 1; revision <= 2000; revision++)
        {
            board.Switch(Table(1, revision + 1, $"a{revision}"));
            while (board.Status().Draining().Count > 0)
            {
                Thread.Yield();
            }

            Volatile.Write(ref closed[revision - 1], 1);
        }

        await stop.CancelAsync();
        await Task.WhenAll(requests);
        entered.Should().Be(0);
        board.Status().InFlight.Values.Should().AllBeEquivalentTo(0L);
    }

    // Tables come for many reasons: an instance that came back on another port, a table that is handed over once more.
    [Test]
    public void Switch_SharesStay_AnyHundredConsecutiveRequestsAreExact()
    {
        var board = new Switchboard(Split(1));
        var turns = new List<string>();
        for (int generation = 2; generation < 102; generation++)
        {
            for (int request = 0; request < 7; request++)
            {
                Lane lane = board.Take(0, Turn).Lane!;
                turns.Add(lane.Traffic.Revision);
                lane.Traffic.Leave();
            }

            board.Switch(Split(generation));
        }

        for (int start = 0; start + 100 <= turns.Count; start++)
        {
            turns.Skip(start).Take(100).Count(turn => turn == "b").Should().Be(1);
        }
    }

    [Test]
    public void Switch_InstancesStay_TheyGoOnTakingTurns()
    {
        var board = new Switchboard(Split(1));
        var ports = new List<int>();
        for (int generation = 2; generation < 22; generation++)
        {
            Lane lane = board.Take(0, (table, _) => table.Named("a")!).Lane!;
            ports.Add(lane.Of(lane.Turn(), 0).Port);
            lane.Traffic.Leave();
            board.Switch(Split(generation));
        }

        ports.Distinct().Should().HaveCount(2);
        ports.Count(port => port == ports[0]).Should().Be(10);
    }

    private static RouteTable Split(long generation) => Table(1, generation) with
    {
        Revisions = ImmutableSortedDictionary.Create<string, RouteEntry>(StringComparer.Ordinal).Add("a", new RouteEntry(99, [20_000, 20_001])).Add("b", new RouteEntry(1, [20_002 + (int)(generation % 2)])),
    };

    private static Lane Turn(ActiveTable table, int request) => table.Next();

    private static RouteTable Table(long epoch, long generation, params string[] revisions) => new()
    {
        Epoch = epoch,
        Generation = generation,
        Target = "t",
        Application = "shop",
        Address = "127.0.0.1",
        Port = 80,
        Revisions = revisions.ToImmutableSortedDictionary(revision => revision, _ => new RouteEntry(100, [20_000]), StringComparer.Ordinal),
    };
}
