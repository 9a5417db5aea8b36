using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

// How much of what AWS takes.
internal sealed partial class StubLambda
{
    private const int LongestDescription = 256;
    private const int MostVariables = 4096;

    private static readonly JsonSerializerOptions _asMeasured = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // api/API_PublishVersion.html, api/API_UpdateAlias.html
    private static void RefuseDescription(string? description, string action)
    {
        if (description?.Length > LongestDescription)
        {
            throw Failure("ValidationException", HttpStatusCode.BadRequest, $"1 validation error detected: Value '{description}' at 'description' failed to satisfy constraint: Member must have length less than or equal to 256", action);
        }
    }

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
