using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deployment.Json;

namespace Deployment.Runbooks;

/// <summary>The JSON form of a runbook: its members, and its hash so that a change is noticed.</summary>
internal static class RunbookFile
{
    private const string HashMember = "hash";

    internal static string Write(Runbook runbook)
    {
        JsonObject file = JsonSerializer.SerializeToNode(runbook, CoreJson.Default.Runbook)!.AsObject();
        file.Insert(0, HashMember, runbook.Hash);
        return file.ToJsonString(ReadableJson.Options);
    }

    internal static Runbook Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        Runbook? runbook;
        string? claimed;
        try
        {
            JsonObject file = JsonNode.Parse(json)?.AsObject() ?? throw new JsonException("It is empty.");
            claimed = file[HashMember]?.GetValue<string>();
            file.Remove(HashMember);
            runbook = file.Deserialize(CoreJson.Default.Runbook);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NotSupportedException or ArgumentException or FormatException)
        {
            throw new DeploymentException($"This is not a runbook that can be read: {error.Message} Plan again with this version of the library.", error);
        }

        if (runbook is null || runbook.Format != 1)
        {
            throw new DeploymentException($"This runbook has format {runbook?.Format}; this version of the library reads format 1. Plan again.");
        }

        return runbook.Hash == claimed
            ? runbook
            : throw new DeploymentException($"The runbook's hash is {runbook.Hash}, but the file says {claimed ?? "nothing"}: it was changed after it was planned. Plan again; a plan is never edited.");
    }

    /// <summary>Reads what a run was begun with.</summary>
    /// <param name="json">The canonical JSON.</param>
    /// <param name="hash">The hash of these very bytes, which is what was approved.</param>
    internal static Runbook ReadCanonical(ReadOnlyMemory<byte> json, string hash)
    {
        try
        {
            Runbook runbook = JsonSerializer.Deserialize(json.Span, CoreJson.Default.Runbook) ?? throw new JsonException("It is empty.");
            runbook.IsKnownAs(hash);
            return runbook;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NotSupportedException or ArgumentException)
        {
            throw new DeploymentException($"The stored runbook can't be read by this version of the library: {error.Message}\n{Encoding.UTF8.GetString(json.Span[..Math.Min(200, json.Length)])}", error);
        }
    }
}
