using System.Globalization;
using Deployment.Providers.Local.Router;

namespace Deployment.Providers.Local.Tests.Router;

[Category("Unit")]
public sealed class StickyShareTests
{
    private const int Users = 10_000;

    [TestCase(1)]
    [TestCase(10)]
    [TestCase(50)]
    [TestCase(99)]
    public void Of_ManyUsers_ShareIsRight(int percent)
    {
        int fresh = Enumerable.Range(0, Users).Count(user => IsFresh(user, percent));

        // Four standard deviations of a binomial distribution.
        double spread = 4 * Math.Sqrt(Users * (percent / 100.0) * (1 - (percent / 100.0)));
        ((double)fresh).Should().BeInRange((Users * percent / 100.0) - spread, (Users * percent / 100.0) + spread);
    }

    [Test]
    public void Of_GrowingShare_NeverMovesAUserBack()
    {
        for (int user = 0; user < 2000; user++)
        {
            bool[] steps = [.. new[] { 1, 5, 10, 25, 50, 75, 99 }.Select(percent => IsFresh(user, percent))];
            steps.Should().Equal(steps.Order(), "user {0} stays once it is on the new revision", user);
        }
    }

    [Test]
    public void Of_ThreeRevisions_GrowthOfOneMovesUsersToItAlone()
    {
        for (int user = 0; user < 2000; user++)
        {
            string before = Of(user, ("a", 60), ("b", 30), ("c", 10));
            string after = Of(user, ("a", 40), ("b", 20), ("c", 40));
            (after == before || after == "c").Should().BeTrue("user {0} moved from {1} to {2}", user, before, after);
        }
    }

    [Test]
    public void Of_AnotherRelease_PicksOtherUsers()
    {
        int[] first = [.. Enumerable.Range(0, Users).Where(user => Of(user, ("v1", 90), ("v2", 10)) == "v2")];
        int both = first.Count(user => Of(user, ("v2", 90), ("v3", 10)) == "v3");

        both.Should().BeLessThan(first.Length / 4, "nobody is always among the first");
    }

    private static bool IsFresh(int user, int percent) => Of(user, ("v1", 100 - percent), ("v2", percent)) == "v2";

    private static string Of(int user, params (string Revision, int Percent)[] shares) =>
        shares[StickyShare.Of("user-" + user.ToString(CultureInfo.InvariantCulture), [.. shares.Select(share => KeyValuePair.Create(share.Revision, share.Percent))])].Revision;
}
