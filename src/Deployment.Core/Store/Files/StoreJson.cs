using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Deployment.Store.Files;

/// <summary>The JSON of the store's files. An unknown member is refused: it comes from a newer build, and writing the file back would lose it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true)]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(LeaseFile))]
[JsonSerializable(typeof(ClaimsFile))]
[JsonSerializable(typeof(Signal))]
internal sealed partial class StoreJson : JsonSerializerContext
{
    internal static byte[] Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    internal static T Read<T>(byte[] content, JsonTypeInfo<T> type, string path)
        where T : class
    {
        T? value;
        try
        {
            value = JsonSerializer.Deserialize(content, type);
        }
        catch (Exception exception) when (exception is JsonException or DeploymentException)
        {
            throw Damaged(path, exception.Message, exception);
        }

        return value ?? throw Damaged(path, "it holds null", null);
    }

    internal static DeploymentException Damaged(string path, string why, Exception? cause) =>
        new($"{path} is damaged, or was written by a newer version of this library: {why.TrimEnd('.')}. "
            + "Use that version, restore the file from a backup, or finish the run by hand and move its folder out of the store.", cause);
}
