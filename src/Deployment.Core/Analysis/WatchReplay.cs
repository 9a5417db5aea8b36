using Deployment.Health;

namespace Deployment.Analysis;

/// <summary>A watch, judged again by what it saw.</summary>
public sealed record WatchReplay
{
    internal WatchReplay()
    {
    }

    /// <summary>The id of the step that watched.</summary>
    public required string Step { get; init; }

    /// <summary>What was judged.</summary>
    public required CheckSubject Subject { get; init; }

    /// <summary>The shift of traffic that it began with.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it was planned to end.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>What the watch would have done.</summary>
    public required WatchOutcome Outcome { get; init; }

    /// <summary>At which look; the last one that was recorded where it can't be told.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Result and reason, such as <c>Fail: error rate is above 5% within 1 min: error rate is 8%; the limit is 5%.</c></summary>
    public required string Verdict { get; init; }

    /// <summary>What the watch really did.</summary>
    public required WatchOutcome RecordedOutcome { get; init; }

    /// <summary>At its last look.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>What it really said. The same rules say the same again, word for word.</summary>
    public required string RecordedVerdict { get; init; }

    /// <summary>Each rule by itself, over all that was recorded.</summary>
    public required IReadOnlyList<RuleReplay> Rules { get; init; }

    /// <summary>Rules that don't count in this watch, such as those that have nothing to compare with, with why.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Step, outcome, moment and verdict on one line.</summary>
    public override string ToString() => $"{Step}: {Outcome} at {At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC. {Verdict}";
}
