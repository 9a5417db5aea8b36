using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Releases;

namespace Deployment.Json;

internal sealed class RevisionIdConverter : JsonConverter<RevisionId>
{
    public override RevisionId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RevisionId.Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, RevisionId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
