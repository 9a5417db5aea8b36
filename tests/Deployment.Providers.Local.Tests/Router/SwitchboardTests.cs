using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class SwitchboardTests
{
    private const int Stays = 19_999;

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
    public void Take_NothingServed_IsNull() => new Switchboard(Table(1, 1)).Take(0, Turn).Visit.Should().BeNull();

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
                Visit visit = board.Take(0, Turn).Visit!.Value;
                int revision = int.Parse(visit.Lane.Traffic.Revision[1..], System.Globalization.CultureInfo.InvariantCulture);
                if (Volatile.Read(ref closed[revision]) == 1)
                {
                    Interlocked.Increment(ref entered);
                }

                visit.Leave();
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
                Visit visit = board.Take(0, Turn).Visit!.Value;
                turns.Add(visit.Lane.Traffic.Revision);
                visit.Leave();
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
            Visit visit = board.Take(0, (table, _) => table.Named("a")!).Visit!.Value;
            ports.Add(visit.Instance.Port);
            visit.Leave();
            board.Switch(Split(generation));
        }

        ports.Distinct().Should().HaveCount(2);
        ports.Count(port => port == ports[0]).Should().Be(10);
    }

    // What a rolling update rests on: an instance that is out of the table and has nothing in flight gets no request any more, while others of its revision do.
    [Test]
    public async Task Switch_InstanceLeavesWhileRequestsEnter_DrainMissesNone()
    {
        var board = new Switchboard(Slots(1, 20_000));
        using var stop = new CancellationTokenSource();
        int[] closed = new int[2001];
        int entered = 0;
        Task[] requests = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Visit visit = board.Take(0, Turn).Visit!.Value;
                Interlocked.Add(ref entered, visit.Instance.Port == Stays ? 0 : Volatile.Read(ref closed[visit.Instance.Port - 20_000]));
                visit.Leave();
            }
        }))];

        for (int replaced = 0; replaced < 2000; replaced++)
        {
            board.Switch(Slots(replaced + 2, 20_001 + replaced));
            while (board.Status().InFlightByPort!.GetValueOrDefault(20_000 + replaced) > 0)
            {
                Thread.Yield();
            }

            Volatile.Write(ref closed[replaced], 1);
        }

        await stop.CancelAsync();
        await Task.WhenAll(requests);
        entered.Should().Be(0);
        board.Status().InFlightByPort!.Values.Should().AllBeEquivalentTo(0L);
    }

    [TestCase(3, 1)]
    [TestCase(1, 1)]
    [TestCase(4, 3)]
    public void Take_ByInstances_EachInstanceHasEveryTurnOfItsOwn(int old, int fresh)
    {
        var board = new Switchboard(Table(1, 1) with
        {
            ByInstances = true,
            Revisions = ImmutableSortedDictionary.Create<string, RouteEntry>(StringComparer.Ordinal)
                .Add("a", new RouteEntry(60, [.. Enumerable.Range(20_000, old)]))
                .Add("b", new RouteEntry(40, [.. Enumerable.Range(21_000, fresh)])),
        });
        int[] ports = [.. Enumerable.Range(0, 10 * (old + fresh)).Select(_ =>
        {
            Visit visit = board.Take(0, Turn).Visit!.Value;
            visit.Leave();
            return visit.Instance.Port;
        })];

        foreach (int[] round in ports.Chunk(old + fresh))
        {
            round.Should().OnlyHaveUniqueItems("any round has each instance once");
        }
    }

    [Test]
    public void Overdue_InstanceOutOfTheTable_IsCutAlone()
    {
        var board = new Switchboard(Slots(1, 20_000));
        Visit[] visits = [.. Enumerable.Range(0, 2).Select(_ => board.Take(0, Turn).Visit!.Value)];
        CancellationToken[] cuts = [.. visits.OrderBy(visit => visit.Instance.Port).Select(visit => visit.Instance.CutToken)];

        board.Switch(Slots(2, 20_001));
        board.Overdue(cut: true).Should().Equal(new Dictionary<string, long> { ["a"] = 1 });

        cuts.Select(cut => cut.IsCancellationRequested).Should().Equal([false, true], "the one that stays is not touched");
    }

    [Test]
    public void TryEnter_InstanceOutOfTheTable_IsRefused()
    {
        var board = new Switchboard(Slots(1, 20_000));
        Instance gone = board.Active.Instances.Single(instance => instance.Port == 20_000);
        board.TryEnter(gone).Should().BeTrue();
        gone.Leave();

        board.Switch(Slots(2, 20_001));

        board.TryEnter(gone).Should().BeFalse("a request whose first instance refused it must not enter one that is about to end");
        gone.InFlight.Should().Be(0);
    }

    // One instance stays, the other one has a port that changes.
    private static RouteTable Slots(long generation, int port) => Table(1, generation) with
    {
        ByInstances = true,
        Revisions = ImmutableSortedDictionary.Create<string, RouteEntry>(StringComparer.Ordinal).Add("a", new RouteEntry(100, [Stays, port])),
    };

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
