using Deployment.Providers.Local.Router;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class WheelTests
{
    [TestCase(100)]
    [TestCase(99, 1)]
    [TestCase(50, 50)]
    [TestCase(34, 33, 33)]
    [TestCase(1, 2, 3, 94)]
    public void Next_AnyHundredConsecutiveTurns_AreExact(params int[] percents)
    {
        var wheel = new Wheel(percents);
        int[] turns = [.. Enumerable.Range(0, 1000).Select(_ => wheel.Next())];

        for (int start = 0; start + 100 <= turns.Length; start++)
        {
            for (int lane = 0; lane < percents.Length; lane++)
            {
                turns.Skip(start).Take(100).Count(turn => turn == lane).Should().Be(percents[lane]);
            }
        }
    }

    [Test]
    public void Next_TenPercent_IsSpreadEvenly()
    {
        var wheel = new Wheel([90, 10]);
        int[] turns = [.. Enumerable.Range(0, 200).Select(_ => wheel.Next())];

        int[] places = [.. turns.Select((lane, place) => (lane, place)).Where(turn => turn.lane == 1).Select(turn => turn.place)];
        places.Zip(places.Skip(1), (first, second) => second - first).Should().AllBeEquivalentTo(10);
    }

    [Test]
    public async Task Next_FromManyThreads_LosesNoTurn()
    {
        var wheel = new Wheel([75, 25]);
        int[] second = new int[4];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int turn = 0; turn < 25_000; turn++)
            {
                second[thread] += wheel.Next();
            }
        })));

        second.Sum().Should().Be(25_000);
    }

    [TestCase(50, 49)]
    [TestCase(101, -1)]
    public void New_SharesThatAreNone_AreRefused(params int[] percents) =>
        FluentActions.Invoking(() => new Wheel(percents)).Should().Throw<DeploymentException>();
}
