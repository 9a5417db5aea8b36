namespace Deployment.Providers.Aws.Sites;

/// <summary>What became of objects that were to be removed.</summary>
/// <param name="Removed">Those that are gone.</param>
/// <param name="Changed">Those that somebody else has changed since they were seen: they stay.</param>
/// <param name="Problem">Why others stay; null for none.</param>
internal sealed record SiteRemoval(IReadOnlyCollection<string> Removed, IReadOnlyCollection<string> Changed, string? Problem)
{
    public static SiteRemoval None { get; } = new([], [], null);

    /// <exception cref="DeploymentException">Some could not be removed.</exception>
    public SiteRemoval Check() => Problem is null ? this : throw new DeploymentException(Problem);
}
