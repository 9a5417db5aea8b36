namespace Deployment.Providers.Aws.Sites;

/// <summary>What is to stand.</summary>
internal sealed record SiteGoal
{
    /// <summary>The revision.</summary>
    public required string Revision { get; init; }

    /// <summary>See <see cref="SiteContent.Hash"/>.</summary>
    public required string Content { get; init; }

    /// <summary>The epoch of the run that makes it stand.</summary>
    public long Epoch { get; init; }

    /// <summary>Its files.</summary>
    public required IReadOnlyList<SiteItem> Items { get; init; }

    /// <summary>Whether content is kept before it is overwritten or removed.</summary>
    public bool Keeps { get; init; }

    /// <summary>For how many newer revisions hashed assets stay that the goal doesn't have; 0 for none.</summary>
    public int Revisions { get; init; }

    /// <summary>Which share of the files may be removed, in percent.</summary>
    public int RemovalLimit { get; init; } = 100;

    public static SiteGoal Of(string revision, SiteContent content) => new() { Revision = revision, Content = content.Hash, Items = [.. content.Files.Select(SiteItem.Of)] };
}
