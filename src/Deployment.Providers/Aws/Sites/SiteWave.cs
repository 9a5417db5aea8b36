namespace Deployment.Providers.Aws.Sites;

/// <summary>The order in which files are stored: what pages need comes before the pages.</summary>
internal enum SiteWave
{
    /// <summary>Assets where there was nothing: nobody sees them yet.</summary>
    NewAssets,

    /// <summary>Assets in the place of others.</summary>
    Assets,

    /// <summary>HTML.</summary>
    Pages,

    /// <summary>The index of the whole site.</summary>
    Index,
}
