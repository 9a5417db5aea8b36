using System.Net;
using Amazon.Runtime;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Clients;

/// <summary>A call that failed: which action on which resource, why, and what to do. The action is IAM's name for it, which a policy has.</summary>
internal sealed class AwsFailure : DeploymentException
{
    private const int LongestMessage = 500;

    // What AWS Lambda measured is all variables of a function with their values, and those may be anybody's secrets.
    private const string Quoting = "String measured";

    private static readonly string[] _expired = ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
    private static readonly string[] _unknown = ["InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "MissingAuthenticationToken"];
    private static readonly string[] _denied = ["AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "AllAccessDisabled"];
    private static readonly string[] _throttled = ["Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "RequestThrottled"];

    private AwsFailure(string message, string code, HttpStatusCode status, Exception inner)
        : base(message, inner)
    {
        Code = code;
        Status = status;
    }

    /// <summary>The service's code, such as <c>ResourceNotFoundException</c>; empty where none answered.</summary>
    public string Code { get; }

    /// <summary>The answer's status; zero where none answered.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>Whether there is no such thing.</summary>
    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>Whether somebody else has changed it since it was read.</summary>
    public bool IsLostRace => Status == HttpStatusCode.PreconditionFailed || Code is "PreconditionFailed" or "PreconditionFailedException" or "InvalidIfMatchVersion";

    /// <summary>Whether an error comes from a call, and isn't a cancellation that was asked for.</summary>
    public static bool Is(Exception error, CancellationToken cancellationToken) => error switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Says what failed.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="action">IAM's name for it, such as <c>lambda:UpdateAlias</c>.</param>
    /// <param name="resource">What it was about.</param>
    public static AwsFailure Of(Exception error, string action, string resource)
    {
        error = Quiet(error);
        string what = $"{action} on {Naming.PrintableUpTo(resource, LongestMessage)}";
        if (error is AmazonServiceException { ErrorCode.Length: > 0 } answered)
        {
            return new AwsFailure(Explain(answered, what), answered.ErrorCode, answered.StatusCode, error);
        }

        return new AwsFailure(NotAnswered(error, what), "", 0, error);
    }

    /// <summary>The error without what it quotes: nothing that is made of it can show that.</summary>
    private static Exception Quiet(Exception error) => error is AmazonServiceException service && service.Message.IndexOf(Quoting, StringComparison.OrdinalIgnoreCase) is var at and >= 0
        ? new AmazonServiceException(service.Message[..at].TrimEnd(), null, service.ErrorType, service.ErrorCode, service.RequestId, service.StatusCode)
        : error;

    private static string Explain(AmazonServiceException error, string what)
    {
        string said = Said(error);
        string code = error.ErrorCode;
        return _expired.Contains(code) ? $"{what} was refused: the credentials have expired ({said}). Sign in again, and resume."
            : _unknown.Contains(code) ? $"{what} was refused: AWS doesn't know the credentials, or not in this region ({said}). Look which ones are used: aws sts get-caller-identity."
            : _denied.Contains(code) || error.StatusCode == HttpStatusCode.Forbidden ? $"{what} was denied ({said}). Allow the action in the policy of who asks, or of the resource."
            : _throttled.Contains(code) || error.StatusCode == HttpStatusCode.TooManyRequests ? $"{what} was throttled, at every attempt ({said}). Wait, or raise Attempts or the account's quota."
            : $"{what} failed: {Naming.Printable(code)}, {(int)error.StatusCode} ({said}).";
    }

    private static string NotAnswered(Exception error, string what)
    {
        if (Chain(error).OfType<HttpRequestException>().FirstOrDefault() is { } network)
        {
            return $"{what} could not be asked: {Said(network)} Is the address right, and can it be reached from here?";
        }

        return error is OperationCanceledException or TimeoutException ? $"{what} got no answer in time. Raise Timeout, or look at the network."
            : error.Message.Contains("region", StringComparison.OrdinalIgnoreCase) ? $"{what} could not be asked: no region is known. Set Region, AWS_REGION, or one in the profile."
            : error.Message.Contains("redential", StringComparison.Ordinal) || error.Message.Contains("profile", StringComparison.OrdinalIgnoreCase) ? $"{what} could not be asked: no credentials were found ({Said(error)}). Set a profile or AWS_ACCESS_KEY_ID, or give the machine a role."
            : $"{what} failed: {Said(error)}";
    }

    private static string Said(Exception error) => Naming.PrintableUpTo(error.Message, LongestMessage);

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            yield return inner;
        }
    }
}
