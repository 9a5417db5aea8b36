namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>How many environments of a version are kept warm, and whether they are.</summary>
internal sealed record ProvisionedConcurrency
{
    public int? RequestedProvisionedConcurrentExecutions { get; init; }

    /// <summary><c>IN_PROGRESS</c>, <c>READY</c> or <c>FAILED</c>.</summary>
    public string? Status { get; init; }

    public string? StatusReason { get; init; }
}
