using Deployment.Providers.Local.Router;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class LaneTests
{
    [Test]
    public void Instance_AttemptsOfRequestsInBetweenOneAnother_EachMeetsEveryInstanceOnce()
    {
        var lane = new Lane(new RevisionTraffic("shop_1.0.0_1"), [new Uri("http://127.0.0.1:1"), new Uri("http://127.0.0.1:2"), new Uri("http://127.0.0.1:3")]);
        int first = lane.NextTurn();
        int second = lane.NextTurn();

        // Taking a turn for each attempt, the first request would be sent to one dead instance twice, and to a live one never.
        Uri[] met = [lane.Instance(first, 0), lane.Instance(second, 0), lane.Instance(first, 1), lane.Instance(second, 1), lane.Instance(first, 2), lane.Instance(second, 2)];

        met.Where((_, index) => index % 2 == 0).Should().OnlyHaveUniqueItems();
        met.Where((_, index) => index % 2 == 1).Should().OnlyHaveUniqueItems();
        met[0].Should().NotBe(met[1], "requests take turns");
    }
}
