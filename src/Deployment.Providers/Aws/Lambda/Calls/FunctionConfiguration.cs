namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>A function as it is, or one of its versions: what this package reads of it (docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html).</summary>
internal sealed record FunctionConfiguration
{
    public const string Latest = "$LATEST";

    public string? FunctionArn { get; init; }

    public string? Version { get; init; }

    public string? Description { get; init; }

    /// <summary>Of a zip in Base64, of an image in hexadecimal digits.</summary>
    public string? CodeSha256 { get; init; }

    /// <summary>Changes with each update, and once more when one has taken effect.</summary>
    public string? RevisionId { get; init; }

    public string? Role { get; init; }

    public string? PackageType { get; init; }

    public string? Handler { get; init; }

    public string? Runtime { get; init; }

    public int? MemorySize { get; init; }

    /// <summary>In seconds.</summary>
    public int? Timeout { get; init; }

    public EnvironmentVariables? Environment { get; init; }

    public DeadLetterConfig? DeadLetterConfig { get; init; }

    public SnapStart? SnapStart { get; init; }

    /// <summary><c>Pending</c>, <c>Active</c>, <c>Inactive</c> or <c>Failed</c>; null in lists.</summary>
    public string? State { get; init; }

    public string? StateReason { get; init; }

    public string? StateReasonCode { get; init; }

    /// <summary><c>Successful</c>, <c>InProgress</c> or <c>Failed</c>; null in lists.</summary>
    public string? LastUpdateStatus { get; init; }

    public string? LastUpdateStatusReason { get; init; }

    public string? LastUpdateStatusReasonCode { get; init; }

    /// <summary>Whether nothing changes it any more; a change is refused until then.</summary>
    public bool IsSettled => LastUpdateStatus != "InProgress" && State != "Pending";

    /// <summary>Whether it is what can be changed, in lists as well: there its ARN ends so, whatever its number is said to be.</summary>
    public bool IsLatest => Version == Latest || (FunctionArn?.EndsWith(":" + Latest, StringComparison.Ordinal) ?? false);
}
