namespace Deployment.Providers.Aws.Clients;

/// <summary>A service of AWS as its REST interface has it.</summary>
/// <param name="Id">The name in the SDK's settings, such as <c>Lambda</c>: <c>AWS_ENDPOINT_URL_LAMBDA</c>.</param>
/// <param name="SigningName">The name in signatures, and mostly in addresses and in the actions of IAM, such as <c>lambda</c>.</param>
/// <param name="IsGlobal">Whether a whole partition has one address, and signatures for its one region.</param>
internal sealed record AwsService(string Id, string SigningName, bool IsGlobal = false)
{
    /// <summary>The name in addresses, where that is another one than in signatures.</summary>
    public string Host { get; init; } = SigningName;

    /// <summary>The name in actions of IAM, where that is another one than in signatures.</summary>
    public string Permission { get; init; } = SigningName;
}
