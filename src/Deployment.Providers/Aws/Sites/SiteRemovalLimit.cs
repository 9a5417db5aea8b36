namespace Deployment.Providers.Aws.Sites;

/// <summary>Stops a deployment that would take much of a site away: it was built by half, or from the wrong folder.</summary>
internal static class SiteRemovalLimit
{
    /// <param name="before">What stands.</param>
    /// <param name="remains">Whether a path has a file afterwards.</param>
    /// <param name="limit">Which share may go, in percent.</param>
    /// <returns>Null where it may go on, else why not.</returns>
    public static string? Problem(SiteManifest? before, Func<string, bool> remains, int limit)
    {
        int all = before?.Files.Values.Count(entry => entry.Age == 0) ?? 0;
        int gone = before?.Files.Count(file => file.Value.Age == 0 && !remains(file.Key)) ?? 0;
        return (long)gone * 100 <= (long)limit * all ? null
            : $"It would remove {gone:N0} of the site's {all:N0} files, more than the {limit}% that RemovalLimit allows. Was the whole site built, and into this folder? If so, raise RemovalLimit for this deployment.";
    }
}
