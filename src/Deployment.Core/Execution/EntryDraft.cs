using Deployment.Store;

namespace Deployment.Execution;

/// <summary>An entry before the journal gives it its place, time and epoch.</summary>
internal readonly record struct EntryDraft(
    JournalEntryKind Kind,
    string? Step = null,
    string? Text = null,
    IReadOnlyDictionary<string, string>? Detail = null);
