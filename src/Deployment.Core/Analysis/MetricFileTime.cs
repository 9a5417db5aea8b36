using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Releases;

namespace Deployment.Analysis;

/// <summary>Times in files of samples: ISO 8601, and UTC where no offset is said, whatever the machine's zone is.</summary>
internal sealed class MetricFileTime : JsonConverter<DateTimeOffset>
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK"];

    internal static bool TryParse(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return TryParse(text, out DateTimeOffset time) ? time : throw new JsonException($"'{Naming.Printable(text ?? reader.TokenType.ToString())}' is no time such as 2026-01-31T10:00:00Z");
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
