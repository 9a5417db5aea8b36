using Deployment.Providers.HAProxy.Sites;

namespace Deployment.Providers.HAProxy.Tests.Sites;

[Category("Unit")]
public sealed class SharesTests
{
    [Test]
    public void Sizes_ThatDontDivide_AddUpToAllNumbers() =>
        Shares.Sizes([(1, 1), (2, 1), (3, 1), (4, 0)]).Should().Equal(new Dictionary<int, int> { [1] = 3334, [2] = 3333, [3] = 3333 });

    [Test]
    public void Sizes_LargestWeights_DontOverflow() =>
        Shares.Sizes(Enumerable.Range(1, 64).Select(lane => (lane, 10_000))).Values.Sum().Should().Be(Shares.Numbers);

    [Test]
    public void Change_ManyRandomTables_OnlyMovesWhatMustMove()
    {
        var random = new Random(7);
        IReadOnlyList<Stretch> now = [];
        for (int round = 0; round < 200; round++)
        {
            (int Lane, int Weight)[] weights = [.. Enumerable.Range(1, random.Next(1, 6)).Select(lane => (lane, random.Next(0, 4)))];
            IReadOnlyDictionary<int, int> sizes = Shares.Sizes(weights);
            IReadOnlyDictionary<int, int> before = Shares.Count(now);

            IReadOnlyList<Stretch> next = Shares.Change(now, sizes);

            Shares.Count(next).Should().BeEquivalentTo(sizes.Where(size => size.Value > 0));
            next.Sum(stretch => stretch.Length).Should().Be(sizes.Values.Sum());
            int[] old = Owners(now);
            int[] fresh = Owners(next);
            foreach ((int lane, int size) in sizes)
            {
                int kept = Enumerable.Range(0, Shares.Numbers).Count(number => old[number] == lane && fresh[number] == lane);
                kept.Should().Be(Math.Min(size, before.GetValueOrDefault(lane)), "a lane loses no more than it must");
            }

            now = next;
        }
    }

    private static int[] Owners(IReadOnlyList<Stretch> stretches)
    {
        int[] owners = new int[Shares.Numbers];
        foreach (Stretch stretch in stretches)
        {
            Array.Fill(owners, stretch.Lane, stretch.First, stretch.Length);
        }

        return owners;
    }
}
