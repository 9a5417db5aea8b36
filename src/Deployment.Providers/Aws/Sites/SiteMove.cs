namespace Deployment.Providers.Aws.Sites;

/// <summary>A file that must be stored.</summary>
/// <param name="Item">The file.</param>
/// <param name="Before">The ETag of what is there; null for nothing.</param>
/// <param name="IsForeign">Whether what is there was stored by somebody else.</param>
internal sealed record SiteMove(SiteItem Item, string? Before, bool IsForeign)
{
    /// <summary>When its turn comes.</summary>
    public SiteWave Wave =>
        Item.Key == "index.html" ? SiteWave.Index
        : SiteHeaderRules.IsPage(Item.Headers) ? SiteWave.Pages
        : Before is null ? SiteWave.NewAssets
        : SiteWave.Assets;
}
