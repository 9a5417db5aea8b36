namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>A function's environment variables. They may be anybody's secrets: they are handed on, and never shown.</summary>
internal sealed record EnvironmentVariables
{
    public Dictionary<string, string>? Variables { get; init; }

    /// <summary>Why they can't be read, such as a key of KMS that who asks may not use.</summary>
    public EnvironmentError? Error { get; init; }

    public override string ToString() => $"{Variables?.Count ?? 0} variables";
}
