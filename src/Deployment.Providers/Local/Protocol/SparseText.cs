using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Deployment.Providers.Local.Protocol;

/// <summary>Writes only what differs from the defaults, so that a printed request says what matters: <c>{}</c> asks for the defaults.</summary>
/// <param name="type">How the settings are read and written whole.</param>
/// <param name="defaults">The defaults.</param>
internal abstract class SparseText<T>(JsonTypeInfo<T> type, T defaults) : JsonConverter<T>
    where T : class
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonSerializer.Deserialize(ref reader, type);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        JsonObject usual = JsonSerializer.SerializeToNode(defaults, type)!.AsObject();
        writer.WriteStartObject();
        foreach ((string name, JsonNode? said) in JsonSerializer.SerializeToNode(value, type)!.AsObject())
        {
            if (!JsonNode.DeepEquals(said, usual[name]))
            {
                writer.WritePropertyName(name);
                if (said is null)
                {
                    writer.WriteNullValue();
                }
                else
                {
                    said.WriteTo(writer);
                }
            }
        }

        writer.WriteEndObject();
    }
}
