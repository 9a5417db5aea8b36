namespace CustomStrategy.Rings;

/// <summary>Finds everything wrong with the options.</summary>
internal static class RingsValidation
{
    private const int LongestName = 60;
    private static readonly TimeSpan LongestWatch = TimeSpan.FromDays(7);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(30);

    internal static IEnumerable<string> Problems(RingsOptions options, IReadOnlyList<Ring> rings)
    {
        if (rings.Count == 0)
        {
            yield return "Rings has no ring. Name at least one, or use blue-green, which switches everyone at once.";
        }

        for (int i = 0; i < rings.Count; i++)
        {
            foreach (string problem in Problems(rings[i], i == 0 ? 0 : rings[i - 1].Percent))
            {
                yield return problem;
            }
        }

        foreach (IGrouping<string, Ring> same in rings.GroupBy(ring => ring.Name).Where(same => same.Count() > 1))
        {
            yield return $"{same.Count()} rings are called '{same.Key}'. Give each its own name.";
        }

        if (options.RollbackWindow < TimeSpan.Zero || options.RollbackWindow > LongestWindow)
        {
            yield return $"The RollbackWindow of rings is {options.RollbackWindow}; it must be 0 to {LongestWindow.Days} days.";
        }

        if (string.IsNullOrWhiteSpace(options.Reason))
        {
            yield return "Rings needs a reason for the runbook; leave Reason as it is, or write one.";
        }
    }

    private static IEnumerable<string> Problems(Ring ring, int before)
    {
        if (string.IsNullOrWhiteSpace(ring.Name) || ring.Name.Length > LongestName || ring.Name.Any(char.IsControl))
        {
            yield return $"A ring's name must be 1 to {LongestName} printable characters.";
        }

        if (ring.Percent is < 1 or > 99 || ring.Percent <= before)
        {
            yield return $"The ring '{ring.Name}' takes {ring.Percent}%; it must be 1 to 99, and more than the ring before it.";
        }

        if (ring.Watch < TimeSpan.Zero || ring.Watch > LongestWatch)
        {
            yield return $"The ring '{ring.Name}' is watched for {ring.Watch}; it must be 0 to {LongestWatch.Days} days.";
        }
    }
}
