using System.Text.Json.Serialization;
using Deployment.Health;

namespace Deployment.Analysis;

/// <summary>What a verdict rests on: everything that was seen, at which looks. It is kept as a blob, so that it can be judged again and drawn.</summary>
internal sealed record WatchRecord
{
    internal const int CurrentFormat = 2;

    public required int Format { get; init; }

    public required CheckSubject Subject { get; init; }

    /// <summary>The last shift of traffic.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When the watch was planned to end.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Whether all was read at its end, of the time before: by a run that looks again at a release.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LooksBack { get; init; }

    /// <summary>Whether it only looked for what goes back by itself, while a person decided: then it had no end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OnlyGoesBack { get; init; }

    /// <summary>How long after the shift only metrics counted that say so.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Among how many watches the rates of false alarms were divided; null for one.</summary>
    public int? Watches { get; init; }

    public required IReadOnlyList<DateTimeOffset> Looks { get; init; }

    public required IReadOnlyList<WatchSeries> Series { get; init; }

    /// <summary>The rules, with what each was found to be at the end.</summary>
    public required IReadOnlyList<WatchFinding> Findings { get; init; }

    /// <summary>Rules that didn't count in this watch, with why; null where all did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LeftOut { get; init; }

    /// <summary>What the watch did.</summary>
    public required WatchOutcome Outcome { get; init; }

    /// <summary>The verdict in words.</summary>
    public required string Verdict { get; init; }
}
