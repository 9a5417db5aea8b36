namespace Deployment.Providers.Docker;

/// <summary>When an image is fetched from its registry.</summary>
public enum ImagePull
{
    /// <summary>A tag is asked of the registry before each deployment; a digest only where the host lacks it.</summary>
    Always,

    /// <summary>Only where the host lacks it. A tag that moved in the registry is not noticed.</summary>
    IfMissing,

    /// <summary>Never: the image was built or loaded on each host.</summary>
    Never,
}
