using System.Globalization;

namespace Deployment.Store;

/// <summary>
/// One entry of a run's journal. The same record feeds the execution log, the progress that a host shows, logging, metrics and traces.
/// </summary>
public sealed record JournalEntry
{
    /// <summary>Its place in the journal, counted from 1 without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The epoch of the process that wrote it.</summary>
    public required long Epoch { get; init; }

    /// <summary>What it records.</summary>
    public required JournalEntryKind Kind { get; init; }

    /// <summary>The id of the step, lane or rollback step; null for the run as a whole.</summary>
    public string? Step { get; init; }

    /// <summary>One sentence for people.</summary>
    public string? Text { get; init; }

    /// <summary>What the kind asks for besides. Never secrets.</summary>
    public IReadOnlyDictionary<string, string>? Detail { get; init; }

    /// <summary>Such as <c>09:05:03.655 StepSucceeded web/install: One instance accepts connections.</c>, with the time in UTC.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At.UtcDateTime:HH:mm:ss.fff} {Kind}{(Step is null ? "" : $" {Step}")}{(Text is null ? "" : $": {Text}")}");
}
