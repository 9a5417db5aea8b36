using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Deployment.Providers.Aws.Lambda.Calls;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

// How much of what AWS takes.
internal sealed partial class StubLambda
{
    private const int LongestDescription = 256;
    private const int MostVariables = 4096;

    private const long LongestZip = 50 * 1024 * 1024;

    private static readonly JsonSerializerOptions _asMeasured = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // api/API_PublishVersion.html, api/API_UpdateAlias.html
    private static void RefuseDescription(string? description, string action)
    {
        if (description?.Length > LongestDescription)
        {
            throw Failure("ValidationException", HttpStatusCode.BadRequest, $"1 validation error detected: Value '{description}' at 'description' failed to satisfy constraint: Member must have length less than or equal to 256", action);
        }
    }

    // dg/gettingstarted-limits.html: 50 MB in a call.
    private static void RefuseLength(long zip)
    {
        if (zip > LongestZip)
        {
            throw Failure("RequestEntityTooLargeException", HttpStatusCode.RequestEntityTooLarge, "The request payload exceeded the Invoke request body JSON input quota.", "UpdateFunctionCode");
        }
    }

    // dg/provisioned-concurrency.html: what isn't reserved for others can be kept warm, but for 100.
    private void RefuseConcurrency(int number, int executions)
    {
        int left = AccountConcurrency - 100 - _provisioned.Where(config => config.Key != number).Sum(config => config.Value.Executions);
        if (executions > left)
        {
            throw Failure("InvalidParameterValueException", HttpStatusCode.BadRequest, $"Requested Provisioned Concurrency should not be greater than the unreserved concurrency of the account, of which {left} are left", "PutProvisionedConcurrencyConfig");
        }
    }

    // api/API_PublishVersion.html: code and configuration; where an update changes neither nothing is published.
    private static bool IsSame(FunctionConfiguration one, FunctionConfiguration other) => JsonSerializer.Serialize(Content(one)) == JsonSerializer.Serialize(Content(other));

    private static FunctionConfiguration Content(FunctionConfiguration configuration) => configuration with { RevisionId = null, LastUpdateStatus = null };

    // dg/gettingstarted-limits.html: 4 KB for all of them, in aggregate. What AWS answers quotes them all.
    private static void RefuseVariables(Dictionary<string, string>? variables)
    {
        string measured = JsonSerializer.Serialize(variables ?? [], _asMeasured);
        if (Encoding.UTF8.GetByteCount(measured) > MostVariables)
        {
            throw Failure("InvalidParameterValueException", HttpStatusCode.BadRequest, $"Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: {measured}", "UpdateFunctionConfiguration");
        }
    }
}
