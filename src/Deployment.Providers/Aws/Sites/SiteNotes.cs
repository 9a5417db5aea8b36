using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Says what became of files that somebody else changed.</summary>
internal static class SiteNotes
{
    private const int MostShown = 10;

    /// <param name="plan">What was done.</param>
    /// <param name="left">The paths that were left alone.</param>
    public static IReadOnlyList<string> Of(SitePlan plan, IReadOnlyCollection<string> left)
    {
        string[] overwritten = [.. plan.Overwritten.Select(key => $"{key} (kept at {plan.Intent.Files[key].Replaced})")];
        return
        [
            .. overwritten.Length == 0 ? [] : new[] { $"Somebody else had changed, and it was overwritten: {List(overwritten)}." },
            .. left.Count == 0 ? [] : new[] { $"Somebody else has changed since, and it was left as it is: {List(left)}." },
        ];
    }

    private static string List(IReadOnlyCollection<string> paths) =>
        string.Join(", ", paths.Order(KeyOrder.Instance).Take(MostShown).Select(path => Naming.PrintableUpTo(path, SiteKeys.Longest))) + (paths.Count > MostShown ? $", and {paths.Count - MostShown:N0} more" : "");
}
