namespace Deployment.Execution;

/// <summary>What the journal says of a rollback, of the whole run or of one lane.</summary>
internal sealed class RollbackProgress
{
    internal required string Reason { get; init; }

    /// <summary>The blob that holds its plan.</summary>
    internal required string PlanHash { get; init; }

    internal required DateTimeOffset StartedAt { get; init; }

    /// <summary>The steps whose effects were still under way when it began: they may land after their undo.</summary>
    internal IReadOnlyList<string> LeftBehind { get; init; } = [];

    internal bool Ended { get; set; }

    /// <summary>Whether everything was undone and verified.</summary>
    internal bool Clean { get; set; }

    internal string? Problems { get; set; }
}
