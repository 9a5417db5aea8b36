using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Deployment.Providers.Aws.Clients;

/// <summary>
/// The credentials of a role. The SDK's own for this asks STS at AWS's address alone; this one asks where the options say.
/// </summary>
internal sealed class AssumedRole : RefreshingAWSCredentials
{
    private static readonly TimeSpan _early = TimeSpan.FromMinutes(5);

    private readonly IAmazonSecurityTokenService _sts;
    private readonly AssumeRoleRequest _request;

    public AssumedRole(IAmazonSecurityTokenService sts, AwsOptions options)
    {
        _sts = sts;
        _request = new AssumeRoleRequest { RoleArn = options.Role, RoleSessionName = options.RoleSession, ExternalId = options.ExternalId };
        PreemptExpiryTime = _early;
    }

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        try
        {
            Credentials given = (await _sts.AssumeRoleAsync(_request).ConfigureAwait(false)).Credentials;
            return new CredentialsRefreshState(new ImmutableCredentials(given.AccessKeyId, given.SecretAccessKey, given.SessionToken), given.Expiration!.Value.ToUniversalTime());
        }
        catch (AmazonServiceException error)
        {
            throw AwsFailure.Of(error, "sts:AssumeRole", _request.RoleArn);
        }
    }

    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();
}
