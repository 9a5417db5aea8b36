using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Deployment.Store.Files;

namespace Deployment.Providers.Local.Hosting;

/// <summary>A file of the provider's own, which nobody but its user reads: it is there whole or not at all.</summary>
internal static class StateFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces the file; it is durable when this returns.</summary>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type) => AtomicFile.Replace(path, Private, file => JsonSerializer.Serialize(file, value, type));

    /// <inheritdoc cref="Write{T}(string, T, JsonTypeInfo{T})"/>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Write{T}(string, T, JsonTypeInfo{T})"/>
    public static void WriteBytes(string path, byte[] bytes) => AtomicFile.Replace(path, Private, file => file.Write(bytes));

    /// <summary>Reads the file; null when there is none.</summary>
    /// <exception cref="DeploymentException">It is damaged.</exception>
    public static T? Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, type) ?? throw new JsonException("It is null.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException error)
        {
            throw new DeploymentException($"'{path}' is damaged or was written by another version: {error.Message} Stop what runs there, then move the folder away.", error);
        }
    }
}
