namespace Deployment.Providers.Aws.Sites;

/// <summary>The last run that set out to switch an atomic site: kept beside it, so that a run which was overtaken finds out before it changes anything.</summary>
internal sealed record SiteSwitch
{
    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = SiteManifest.Current;

    /// <summary>Whose revision it was; null where that isn't known.</summary>
    public string? Application { get; init; }

    /// <summary>The run's epoch.</summary>
    public required long Epoch { get; init; }

    /// <summary>The run.</summary>
    public required string Run { get; init; }

    /// <summary>Where it may have put the origin.</summary>
    public required IReadOnlyList<string> Paths { get; init; }
}
