using System.Text.Json;
using System.Text.Json.Serialization;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Json;

/// <summary>A split is an object: revision id to percent.</summary>
internal sealed class TrafficSplitConverter : JsonConverter<TrafficSplit>
{
    public override TrafficSplit Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A traffic split is an object of revision ids and percentages.");
        }

        List<KeyValuePair<RevisionId, int>> shares = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            RevisionId revision = RevisionId.Parse(reader.GetString()!);
            reader.Read();
            shares.Add(KeyValuePair.Create(revision, reader.GetInt32()));
        }

        return new TrafficSplit(shares);
    }

    public override void Write(Utf8JsonWriter writer, TrafficSplit value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach ((RevisionId revision, int percent) in value.Shares)
        {
            writer.WriteNumber(revision.ToString(), percent);
        }

        writer.WriteEndObject();
    }
}
