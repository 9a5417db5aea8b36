namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>Asks for another configuration. What is null stays as it is.</summary>
internal sealed record ConfigurationUpdate
{
    public string? Description { get; init; }

    public EnvironmentVariables? Environment { get; init; }

    public int? MemorySize { get; init; }

    public int? Timeout { get; init; }

    public string? Handler { get; init; }

    public string? Runtime { get; init; }

    /// <summary>What was read before; it is refused where that has changed since.</summary>
    public string? RevisionId { get; init; }
}
