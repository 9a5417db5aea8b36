namespace Deployment.Providers.Aws.Sites;

/// <summary>What must be done so that a revision stands.</summary>
internal sealed record SitePlan
{
    /// <summary>The revision.</summary>
    public required string Revision { get; init; }

    /// <summary>What it is made of: <see cref="SiteContent.Hash"/>.</summary>
    public required string Content { get; init; }

    /// <summary>What must be stored, in the order in which it is.</summary>
    public required IReadOnlyList<SiteMove> Moves { get; init; }

    /// <summary>What is there already, and what is kept for pages that were opened before.</summary>
    public required IReadOnlyDictionary<string, SiteEntry> Stays { get; init; }

    /// <summary>What is copied before it is overwritten or removed.</summary>
    public required IReadOnlyList<SiteKeep> Keeps { get; init; }

    /// <summary>What our manifests put there and the revision doesn't have, in the order of keys.</summary>
    public required IReadOnlyList<string> Removals { get; init; }

    /// <summary>What was ours, isn't part of the revision, and was changed by somebody else: it stays.</summary>
    public required IReadOnlyList<string> Left { get; init; }

    /// <summary>What is written down before the first file is stored.</summary>
    public required SiteIntent Intent { get; init; }

    /// <summary>Why it may not be done without the user's word; null where it may.</summary>
    public string? Problem { get; init; }

    /// <summary>What somebody else stored and this overwrites.</summary>
    public IEnumerable<string> Overwritten => Moves.Where(move => move.IsForeign).Select(move => move.Item.Key);

    /// <summary>How many bytes are uploaded or copied.</summary>
    public long Bytes => Moves.Sum(move => move.Item.Size);

    /// <exception cref="DeploymentException">It needs the user's word.</exception>
    public SitePlan Allowed() => Problem is null ? this : throw new DeploymentException(Problem);

    /// <summary>The manifest of the revision once all of it is stored.</summary>
    /// <param name="etags">What S3 gave each file that was stored.</param>
    /// <param name="sequence">See <see cref="SiteManifest.Sequence"/>.</param>
    public SiteManifest Manifest(IReadOnlyDictionary<string, string> etags, long sequence)
    {
        SortedDictionary<string, SiteEntry> files = new(KeyOrder.Instance);
        foreach ((string key, SiteEntry entry) in Stays)
        {
            files[key] = entry;
        }

        foreach (SiteMove move in Moves.Where(move => etags.ContainsKey(move.Item.Key)))
        {
            files[move.Item.Key] = SiteEntry.Of(move.Item, etags[move.Item.Key]);
        }

        return new SiteManifest { Revision = Revision, Content = Content, Sequence = sequence, Epoch = Intent.Epoch, Files = files };
    }
}
