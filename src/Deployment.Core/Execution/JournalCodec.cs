using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Deployment.Json;
using Deployment.Store;

namespace Deployment.Execution;

/// <summary>Turns entries into frames and back.</summary>
internal static class JournalCodec
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static JournalFrame Write(string previous, IReadOnlyList<JournalEntry> entries)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartArray();
            foreach (JournalEntry entry in entries)
            {
                JsonSerializer.Serialize(writer, entry, CoreJson.Default.JournalEntry);
            }

            writer.WriteEndArray();
        }

        return JournalFrames.Create(previous, buffer.WrittenSpan);
    }

    /// <summary>Reads a run's whole journal and checks its chain and its numbering.</summary>
    internal static async Task<(List<JournalEntry> Entries, string Head)> ReadAsync(IDeploymentStore store, string runId, CancellationToken cancellationToken)
    {
        List<JournalEntry> entries = [];
        string head = JournalFrame.Start;
        await foreach (JournalFrame frame in store.ReadJournalAsync(runId, cancellationToken))
        {
            JournalFrame intact = JournalFrames.Read(frame.Line)
                ?? throw new JournalDamagedException(runId, $"the frame after entry {entries.Count} doesn't match its hash");
            if (intact.Previous != head)
            {
                throw new JournalDamagedException(runId, $"the frame after entry {entries.Count} doesn't follow the one before");
            }

            Append(entries, intact, runId);
            head = intact.Head;
        }

        return (entries, head);
    }

    private static void Append(List<JournalEntry> entries, JournalFrame frame, string runId)
    {
        JournalEntry[]? batch;
        try
        {
            batch = JsonSerializer.Deserialize(JournalFrames.Json(frame.Line).Span, CoreJson.Default.JournalEntryArray);
        }
        catch (JsonException error)
        {
            throw new JournalDamagedException(runId, $"the frame after entry {entries.Count} is not of a format that this version reads ({error.Message})");
        }

        foreach (JournalEntry entry in batch ?? [])
        {
            if (entry.Sequence != entries.Count + 1)
            {
                throw new JournalDamagedException(runId, $"entry {entry.Sequence} stands where {entries.Count + 1} should");
            }

            entries.Add(entry);
        }
    }
}
