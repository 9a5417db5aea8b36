using Amazon.Runtime;
using Deployment.Releases;

namespace Deployment.Providers.Aws;

/// <summary>Which AWS account, where, and how it is asked. What is left out comes from where the AWS SDK finds it: environment variables, profiles, the machine's or container's role.</summary>
public sealed class AwsOptions
{
    private const int MostAttempts = 20;
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(15);

    /// <summary>The region, such as <c>eu-central-1</c>. Default null: <c>AWS_REGION</c>, that of the profile, or that of the machine.</summary>
    public string? Region { get; set; }

    /// <summary>The profile of the shared configuration files. Default null: <c>AWS_PROFILE</c>, or <c>default</c>.</summary>
    public string? Profile { get; set; }

    /// <summary>What signs requests. Default null: what the AWS SDK's own chain finds.</summary>
    public AWSCredentials? Credentials { get; set; }

    /// <summary>The ARN of a role that is assumed with these credentials first; it is assumed anew before it expires. Default null: none.</summary>
    public string? Role { get; set; }

    /// <summary>The name of the role's session, which CloudTrail shows: 2 to 64 letters, digits or <c>_+=,.@-</c>. Default <c>deployment</c>.</summary>
    public string RoleSession { get; set; } = "deployment";

    /// <summary>The external id that the role asks for. Default null: none.</summary>
    public string? ExternalId { get; set; }

    /// <summary>
    /// Where all services are asked, in place of AWS's own addresses: an emulator, say; without user and password. Default null: AWS's, or what <c>AWS_ENDPOINT_URL</c> and
    /// <c>AWS_ENDPOINT_URL_S3</c>, <c>…_LAMBDA</c>, <c>…_CLOUDFRONT</c> or the profile say.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>How often a request is tried that was throttled or met a fault of the network or the service, 1 to 20; waits between are random and grow up to 20 seconds. Small objects are tried once more before. Default 5.</summary>
    public int Attempts { get; set; } = 5;

    /// <summary>How long one attempt may take without an answer, 100 ms to 15 minutes. Default 60 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    internal AwsOptions Copy() => (AwsOptions)MemberwiseClone();

    internal IEnumerable<string> Problems()
    {
        if (Region is not null && (Region.Length is 0 or > 32 || !Region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
        {
            yield return $"Region is '{Naming.Printable(Region)}': take a name such as eu-central-1.";
        }

        if (Profile is not null && (string.IsNullOrWhiteSpace(Profile) || Profile.Any(char.IsControl)))
        {
            yield return $"Profile is '{Naming.Printable(Profile)}': take the name of one in the shared configuration files.";
        }

        if (Profile is not null && Credentials is not null)
        {
            yield return "Profile and Credentials are both set: one of them says who asks.";
        }

        if (Role is not null && !(Role.StartsWith("arn:", StringComparison.Ordinal) && Role.Contains(":role/", StringComparison.Ordinal) && Role.All(c => c is > ' ' and <= '~')))
        {
            yield return $"Role is '{Naming.Printable(Role)}': take an ARN such as arn:aws:iam::123456789012:role/deployer.";
        }

        if (RoleSession is not { Length: >= 2 and <= 64 } || !RoleSession.All(c => char.IsAsciiLetterOrDigit(c) || "_+=,.@-".Contains(c, StringComparison.Ordinal)))
        {
            yield return $"RoleSession is '{Naming.Printable(RoleSession ?? "")}': take 2 to 64 letters, digits or _+=,.@-.";
        }

        if (ExternalId is not null && (ExternalId.Length is < 2 or > 1224 || ExternalId.Any(char.IsControl)))
        {
            yield return "ExternalId must have 2 to 1,224 characters, none of them a control character.";
        }

        if (Role is null && ExternalId is not null)
        {
            yield return "ExternalId is set, and Role isn't: only a role asks for one.";
        }

        if (Endpoint is not null && (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https") || Endpoint.PathAndQuery != "/" || Endpoint.UserInfo.Length > 0))
        {
            yield return $"Endpoint is '{Naming.Printable(Endpoint.IsAbsoluteUri ? Endpoint.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo, UriFormat.UriEscaped) : Endpoint.ToString())}': take an address without user, password and path, such as http://127.0.0.1:5000.";
        }

        if (Attempts is < 1 or > MostAttempts)
        {
            yield return $"Attempts is {Attempts}: take 1 to {MostAttempts}.";
        }

        if (Timeout < _shortest || Timeout > _longest)
        {
            yield return $"Timeout is {Timeout}: take 100 ms to 15 minutes.";
        }
    }
}
