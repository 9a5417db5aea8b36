using Deployment.Runbooks;

namespace Deployment.Analysis;

/// <summary>One rule of a watch that was judged again.</summary>
public sealed record RuleReplay
{
    internal RuleReplay()
    {
    }

    /// <summary>The rule in words.</summary>
    public required string Rule { get; init; }

    /// <summary>What it does when it counts.</summary>
    public required FailureAction Action { get; init; }

    /// <summary>The look at which it first counted; null when it never did.</summary>
    public DateTimeOffset? CountedAt { get; init; }

    /// <summary>What its judge said then, or at the last look where it never counted.</summary>
    public required Judgement Judgement { get; init; }

    /// <summary>Rule, action, moment and what its judge said, on one line.</summary>
    public override string ToString() =>
        $"{Rule} ({Action}): {(CountedAt is { } at ? $"counted first at {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "never counted")}. {Judgement.Reason}";
}
