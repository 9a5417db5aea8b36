using System.Text.Json.Serialization;

namespace Deployment.Analysis;

/// <summary>All that was seen of one metric of one side.</summary>
internal sealed record WatchSeries
{
    public required string Metric { get; init; }

    public required WatchSide Side { get; init; }

    /// <summary>Whose it is, for people.</summary>
    public required string Subject { get; init; }

    public required string Source { get; init; }

    /// <summary>What was asked.</summary>
    public required string Query { get; init; }

    /// <summary>In the order in which they were seen, which is that of their time.</summary>
    public required IReadOnlyList<SeenSample> Samples { get; init; }

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<SeenProblem> Problems { get; init; } = [];

    /// <summary>Whether it was recorded before the deployment.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRecorded { get; init; }

    internal string? ProblemAt(DateTimeOffset look) => Problems.LastOrDefault(problem => problem.Seen <= look)?.Problem;
}
