using Deployment.Providers.Local.Router;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class LaneTests
{
    private static readonly RevisionTraffic Traffic = new("shop_1.0.0_1");

    [Test]
    public void Of_AttemptsOfRequestsInBetweenOneAnother_EachMeetsEveryInstanceOnce()
    {
        var lane = new Lane(Traffic, [Of(1), Of(2), Of(3)]);
        uint first = lane.Turn();
        uint second = lane.Turn();

        // Taking a turn for each attempt, the first request would be sent to one dead instance twice, and to a live one never.
        int[] met = [lane.Of(first, 0).Port, lane.Of(second, 0).Port, lane.Of(first, 1).Port, lane.Of(second, 1).Port, lane.Of(first, 2).Port, lane.Of(second, 2).Port];

        met.Where((_, index) => index % 2 == 0).Should().OnlyHaveUniqueItems();
        met.Where((_, index) => index % 2 == 1).Should().OnlyHaveUniqueItems();
        met[0].Should().NotBe(met[1], "requests take turns");
    }

    [Test]
    public void Of_UnhealthyInstance_IsTheLastResort()
    {
        Instance[] instances = [Of(1), Of(2), Of(3)];
        var lane = new Lane(Traffic, [.. instances]);
        instances[1].Probed(false, unhealthyAfter: 1, healthyAfter: 1).Should().BeTrue();

        for (uint turn = 0; turn < 6; turn++)
        {
            lane.Of(turn, 0).Port.Should().NotBe(2);
            lane.Of(turn, 2).Port.Should().Be(2);
        }
    }

    [Test]
    public void Of_AllUnhealthy_TriesEachOne()
    {
        Instance[] instances = [Of(1), Of(2)];
        var lane = new Lane(Traffic, [.. instances]);
        foreach (Instance instance in instances)
        {
            instance.Probed(false, 1, 1);
        }

        new[] { lane.Of(0, 0).Port, lane.Of(0, 1).Port }.Should().BeEquivalentTo([1, 2]);
    }

    [Test]
    public void Probed_Thresholds_CountFailuresInARow()
    {
        Instance instance = Of(1);

        instance.Probed(false, 3, 2).Should().BeFalse();
        instance.Probed(false, 3, 2).Should().BeFalse();
        instance.Probed(true, 3, 2).Should().BeFalse();
        instance.Probed(false, 3, 2).Should().BeFalse();
        instance.Probed(false, 3, 2).Should().BeFalse();
        instance.IsHealthy.Should().BeTrue("never three in a row");
        instance.Probed(false, 3, 2).Should().BeTrue();
        instance.IsHealthy.Should().BeFalse();
        instance.Probed(true, 3, 2).Should().BeFalse();
        instance.Probed(true, 3, 2).Should().BeTrue();
        instance.IsHealthy.Should().BeTrue();
    }

    private static Instance Of(int port) => new(Traffic, port);
}
