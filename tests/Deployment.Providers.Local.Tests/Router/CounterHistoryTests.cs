using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Router;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Testing;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class CounterHistoryTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    [Test]
    public void Take_EachSecond_NotesWhatWasCountedUntilThen()
    {
        using var router = new CountedRouter(Begin);
        router["v1"] = (10, 1);
        router.Advance(1);
        router["v1"] = (15, 1);
        router.Advance(1.5);

        Points(router, "v1").Should().Equal((0, 0, 0), (1, 10, 1), (2, 15, 1));
    }

    [Test]
    public void Take_ARevisionThatComesLater_BeganWithNothingAtTheLookBefore()
    {
        using var router = new CountedRouter(Begin);
        router["v1"] = (10, 0);
        router.Advance(2.5);
        router["v2"] = (7, 7);
        router.Advance(1);

        Points(router, "v2").Should().Equal((2, 0, 0), (3, 7, 7));
        router.History.Since("t", "v2", Begin)!.Began.Should().Be(Begin + TimeSpan.FromSeconds(2));
        router.History.Since("t", "v1", Begin)!.Points[^1].At.Should().Be(router.History.Since("t", "v2", Begin)!.Points[^1].At, "all are looked at in the same moments");
    }

    [Test]
    public void Since_BeginsAtTheLastPointAtOrBeforeTheMoment()
    {
        using var router = new CountedRouter(Begin);
        router["v1"] = (1, 0);
        router.Advance(5);

        Points(router, "v1", 3).Select(point => point.At).Should().Equal(3, 4, 5);
        Points(router, "v1", 3.5).Select(point => point.At).Should().Equal(3, 4, 5);
        Points(router, "v1", 99).Select(point => point.At).Should().Equal([5], "from it the growth to the next one is told");
        Points(router, "v1", -99).Select(point => point.At).Should().Equal(0, 1, 2, 3, 4, 5);
    }

    [Test]
    public void Take_ForLong_KeepsAQuarterOfAnHour()
    {
        using var router = new CountedRouter(Begin);
        router["v1"] = (1, 0);
        router.Advance(2000);

        (double At, long, long)[] points = Points(router, "v1");

        points.Should().HaveCount(901);
        points[0].At.Should().Be(1100);
        points[^1].At.Should().Be(2000);
    }

    [Test]
    public void Take_ARevisionIsGone_IsForgottenAndBeginsAnewWhenItComesAgain()
    {
        using var router = new CountedRouter(Begin);
        router["v1"] = (10, 0);
        router.Advance(2);
        router.Remove("v1");
        router.Advance(1);
        router.History.Since("t", "v1", Begin).Should().BeNull();
        router["v1"] = (20, 0);
        router.Advance(1);

        Points(router, "v1").Should().Equal((3, 0, 0), (4, 20, 0));
    }

    [Test]
    public void Take_CountersFell_AreOthers()
    {
        using var router = new CountedRouter(Begin);
        router["v1"] = (10, 0);
        router.Advance(2);
        DateTimeOffset began = router.History.Since("t", "v1", Begin)!.Began;
        router["v1"] = (3, 0);
        router.Advance(1);

        Points(router, "v1").Should().Equal((2, 0, 0), (3, 3, 0));
        router.History.Since("t", "v1", Begin)!.Began.Should().NotBe(began);
    }

    [Test]
    public void Take_TheClockIsSetBack_BeginsAnewFromWhatWasCounted()
    {
        using var router = new CountedRouter(Begin);
        router["v1"] = (10, 0);
        router.Advance(20);
        router.SetClock(TimeSpan.FromSeconds(-15));
        router["v1"] = (12, 0);
        router.Advance(1);
        router["v1"] = (13, 0);
        router.Advance(1);

        Points(router, "v1").Should().Equal((6, 12, 0), (7, 13, 0));
    }

    [Test]
    public void Since_UnknownTargetOrRevision_IsNull()
    {
        using var router = new CountedRouter(Begin);
        router["v1"] = (1, 0);
        router.Advance(1);

        router.History.Since("other", "v1", Begin).Should().BeNull();
        router.History.Since("t", "v2", Begin).Should().BeNull();
    }

    [Test]
    public async Task Since_WhileItTakes_AlwaysSeesPointsInOrder()
    {
        using var router = new CountedRouter(Begin);
        router["v1"] = (1, 0);
        router.Advance(1);
        using var over = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!over.IsCancellationRequested)
            {
                (double At, long Requests, long)[] points = Points(router, "v1");
                points.Zip(points.Skip(1)).Should().OnlyContain(pair => pair.First.At < pair.Second.At && pair.First.Requests <= pair.Second.Requests);
            }
        }))];

        for (int second = 2; second < 1500; second++)
        {
            router["v1"] = (second, 0);
            router.Advance(1);
        }

        await over.CancelAsync();
        await Task.WhenAll(readers);
        Points(router, "v1")[^1].Should().Be((1499, 1499, 0));
    }

    [Test]
    public void Dispose_ItLooksNoMore()
    {
        var router = new CountedRouter(Begin);
        router["v1"] = (1, 0);
        router.Advance(1);
        router.Dispose();
        router.Advance(5);

        Points(router, "v1").Should().HaveCount(2);
    }

    // A quarter of an hour of three busy revisions, whose latencies change each second.
    [Test]
    public void Memory_OfThreeRevisions_IsBelowAMegabyte()
    {
        var traffic = Enumerable.Range(1, 3).ToDictionary(version => $"v{version}", version => new RevisionTraffic($"v{version}"));
        var clock = new ManualClock(Begin);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using var history = new CounterHistory(() => [KeyValuePair.Create("t", traffic.ToImmutableSortedDictionary(one => one.Key, one => one.Value.Metrics()))], clock);
        for (int second = 0; second < 900; second++)
        {
            foreach (RevisionTraffic one in traffic.Values)
            {
                for (int request = 1; request <= 20; request++)
                {
                    one.Count(failed: false, TimeSpan.FromMilliseconds(second / request));
                }
            }

            clock.Advance(TimeSpan.FromSeconds(1));
        }

        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;

        TestContext.Out.WriteLine($"{bytes} bytes");
        history.Since("t", "v3", Begin)!.Points.Should().HaveCount(901);
        bytes.Should().BeLessThan(1_000_000);
    }

    private static (double At, long Requests, long Errors)[] Points(CountedRouter router, string revision, double since = 0) =>
        [.. router.History.Since("t", revision, Begin + TimeSpan.FromSeconds(since))!.Points.Select(point => ((point.At - Begin).TotalSeconds, point.Requests, point.Errors))];
}
