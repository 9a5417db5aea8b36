using System.Text.Json.Serialization;

namespace Deployment.Analysis;

/// <summary>All that was seen of one metric of one side.</summary>
internal sealed record WatchSeries
{
    public required string Metric { get; init; }

    public required MetricKind Kind { get; init; }

    public required MetricUnit Unit { get; init; }

    /// <summary>For a distribution the quantile; 0 for all others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Quantile { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CountsInWarmUp { get; init; }

    public required WatchSide Side { get; init; }

    /// <summary>Whose it is, for people.</summary>
    public required string Subject { get; init; }

    public required string Source { get; init; }

    /// <summary>What was asked.</summary>
    public required string Query { get; init; }

    /// <summary>In the order in which they were seen, which is that of their time.</summary>
    [JsonConverter(typeof(SeenSamplesConverter))]
    public required IReadOnlyList<SeenSample> Samples { get; init; }

    /// <summary>In the order of time.</summary>
    public required IReadOnlyList<SeenProblem> Problems { get; init; }

    /// <summary>Whether it was recorded before the deployment.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsRecorded { get; init; }

    internal string? ProblemAt(DateTimeOffset look) => Problems.LastOrDefault(problem => problem.Seen <= look)?.Problem;

    /// <summary>At how many looks in a row, the last one among them, it could not be read.</summary>
    internal int ErrorsAt(IReadOnlyList<DateTimeOffset> looks)
    {
        int last = Problems.Count - 1;
        while (last >= 0 && Problems[last].Seen > looks[^1])
        {
            last--;
        }

        if (last < 0 || Problems[last].Problem is null)
        {
            return 0;
        }

        // Another problem right after a problem goes on with the row.
        while (last > 0 && Problems[last - 1].Problem is not null)
        {
            last--;
        }

        int errors = 0;
        while (errors < looks.Count && looks[looks.Count - 1 - errors] >= Problems[last].Seen)
        {
            errors++;
        }

        return errors;
    }
}
