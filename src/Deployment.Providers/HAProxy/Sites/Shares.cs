namespace Deployment.Providers.HAProxy.Sites;

/// <summary>
/// Which of the users' numbers a lane answers. Shares are no weights of servers: a tenth of the numbers is a tenth of the requests, however many
/// instances there are. What grows only gains numbers, so a user stays with a revision while its share stays or grows.
/// </summary>
internal static class Shares
{
    public const int Numbers = 10_000;

    /// <summary>How many numbers each lane gets, by the largest remainder; among equal ones the lower lane's.</summary>
    public static IReadOnlyDictionary<int, int> Sizes(IEnumerable<(int Lane, int Weight)> weights)
    {
        (int Lane, int Weight)[] served = [.. weights.Where(lane => lane.Weight > 0).OrderBy(lane => lane.Lane)];
        int total = served.Sum(lane => lane.Weight);
        Dictionary<int, int> sizes = served.ToDictionary(lane => lane.Lane, lane => (int)((long)Numbers * lane.Weight / total));
        int left = served.Length == 0 ? 0 : Numbers - sizes.Values.Sum();
        foreach ((int lane, _) in served.OrderByDescending(lane => (long)Numbers * lane.Weight % total).Take(left))
        {
            sizes[lane]++;
        }

        return sizes;
    }

    /// <summary>The next stretches, as near to the present ones as the sizes allow.</summary>
    public static IReadOnlyList<Stretch> Change(IEnumerable<Stretch> now, IReadOnlyDictionary<int, int> sizes)
    {
        int[] owners = Owners(now);
        Dictionary<int, int> missing = sizes.ToDictionary();
        for (int number = 0; number < Numbers; number++)
        {
            // What a lane has beyond its size are its highest numbers.
            bool keeps = missing.TryGetValue(owners[number], out int wanted) && wanted > 0;
            owners[number] = keeps ? owners[number] : 0;
            missing[owners[number]] = keeps ? wanted - 1 : 0;
        }

        for (int number = 0; number < Numbers; number++)
        {
            if (owners[number] == 0 && missing.Where(lane => lane.Value > 0).Select(lane => lane.Key).DefaultIfEmpty(0).Min() is > 0 and int lane)
            {
                owners[number] = lane;
                missing[lane]--;
            }
        }

        return Stretches(owners);
    }

    /// <summary>How many numbers each lane has.</summary>
    public static IReadOnlyDictionary<int, int> Count(IEnumerable<Stretch> stretches) =>
        Owners(stretches).Where(lane => lane > 0).CountBy(lane => lane).ToDictionary();

    private static int[] Owners(IEnumerable<Stretch> stretches)
    {
        int[] owners = new int[Numbers];
        foreach (Stretch stretch in stretches)
        {
            Array.Fill(owners, stretch.Lane, stretch.First, stretch.Length);
        }

        return owners;
    }

    private static List<Stretch> Stretches(int[] owners)
    {
        List<Stretch> stretches = [];
        for (int first = 0, next; first < Numbers; first = next)
        {
            for (next = first + 1; next < Numbers && owners[next] == owners[first]; next++)
            {
            }

            if (owners[first] > 0)
            {
                stretches.Add(new Stretch(first, next - 1, owners[first]));
            }
        }

        return stretches;
    }
}
