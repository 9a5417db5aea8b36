namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>How users ask.</summary>
internal sealed record LoadOptions
{
    /// <summary>How many ask at once.</summary>
    public int Users { get; init; } = 4;

    /// <summary>How long after the one before each begins. If all began together, long requests would all end at once, and at that moment a switch could cut none.</summary>
    public TimeSpan Apart { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long each rests between an answer and the next request.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How many requests go over a connection.</summary>
    public int RequestsOfConnection { get; init; } = 20;

    /// <summary>After how long an answer counts as missing.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromSeconds(20);
}
