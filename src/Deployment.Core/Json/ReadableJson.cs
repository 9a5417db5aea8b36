using System.Text.Encodings.Web;
using System.Text.Json;

namespace Deployment.Json;

/// <summary>How JSON is written for files that people read.</summary>
internal static class ReadableJson
{
    internal static JsonSerializerOptions Options { get; } = new(CoreJson.Default.Options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
