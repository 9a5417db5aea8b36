namespace Deployment.Providers.Aws.Sites;

/// <summary>A file that an upload set out to store.</summary>
internal sealed record SiteIntentEntry
{
    /// <summary>What will be there.</summary>
    public required SiteEntry File { get; init; }

    /// <summary>The ETag of what was there before; null for nothing.</summary>
    public string? Before { get; init; }

    /// <summary>What S3 says of it once it is stored, where it goes in parts; null where that is its SHA-256.</summary>
    public string? Checksum { get; init; }

    /// <summary>Where what somebody else had stored there is kept, below our folder; null where there was nothing of somebody else's.</summary>
    public string? Replaced { get; init; }
}
