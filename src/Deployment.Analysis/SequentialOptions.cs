using System.Globalization;
using Deployment.Analysis.Sequential;

namespace Deployment.Analysis;

/// <summary>How a sequential comparison is made.</summary>
public sealed record SequentialOptions
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>
    /// The share of releases without a difference that may be called worse, over all metrics of the rule together and however often it is
    /// looked, and over all watches of a run. Above 0, below 1; default 0.01. The e-value at which the release is worse is the number of metrics
    /// times that of watches (<see cref="MetricWindow.Watches"/>), divided by it.
    /// </summary>
    public double FalseAlarmRate { get; init; } = 0.01;

    /// <summary>By how much the release's odds of a bad event may exceed the baseline's, as a fraction: 0.1 allows a tenth more. 0 or more; default 0.</summary>
    public double Tolerance { get; init; }

    /// <summary>
    /// The length of a batch, in which both sides are compared: 1 s to 1 h; default 1 s. Where samples are longer it is the least multiple
    /// of this that holds one. Take longer ones for heavy traffic whose trouble lasts for seconds.
    /// </summary>
    public TimeSpan BatchLength { get; init; } = Shortest;

    /// <summary>How many metrics are compared this way; the rate is split evenly across them (Bonferroni). 1 or more; 1 is the default.</summary>
    internal int Metrics { get; init; } = 1;

    /// <summary>How many watches of a run compare this way; the rate is split evenly across them. 1 or more; 1 is the default.</summary>
    internal int Watches { get; init; } = 1;

    /// <summary>What is assumed of the dispersion before it was seen; null takes answers for independent, which only simulations may.</summary>
    internal DispersionPrior? Prior { get; init; } = new();

    /// <summary>How many batches lie between the moments from which a change is looked for besides the beginning. 1 or more; 30 is the default.</summary>
    internal int BatchesBetweenStarts { get; init; } = 30;

    /// <summary>The e-value at which the candidate is called worse.</summary>
    internal double Threshold => (double)Metrics * Watches / FalseAlarmRate;

    /// <summary>Everything that is wrong with these options, as sentences.</summary>
    internal IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        Check(FalseAlarmRate is > 0 and < 1, $"The false alarm rate must be above 0 and below 1, and is {FalseAlarmRate}.");
        Check(Metrics >= 1, $"The number of metrics must be at least 1, and is {Metrics}.");
        Check(Watches >= 1, $"The number of watches must be at least 1, and is {Watches}.");
        Check(Tolerance is >= 0 and < double.PositiveInfinity, $"The tolerance must be 0 or more, and is {Tolerance}.");
        Check(BatchLength >= Shortest && BatchLength <= Longest, $"The length of a batch must be 1 s to 1 h, and is {BatchLength}.");
        Check(BatchesBetweenStarts >= 1, $"The batches between starts must be at least 1, and are {BatchesBetweenStarts}.");
        Check(Prior is null or { Ratio: >= 1 and < double.PositiveInfinity }, $"The dispersion that is assumed at first must be at least 1, and is {Prior?.Ratio}.");
        Check(Prior is null or { Correlation: >= 0 and < 1 }, $"The correlation that is assumed at first must be at least 0 and below 1, and is {Prior?.Correlation}.");
        Check(Prior is null or { Weight: >= 0 and < double.PositiveInfinity }, $"The weight of what is assumed at first must be 0 or more, and is {Prior?.Weight}.");
        Check(Prior is null or { Batches: > 0 and < double.PositiveInfinity }, $"The batches that what is assumed at first weighs must be above 0, and are {Prior?.Batches}.");
        return problems;

        void Check(bool holds, FormattableString problem)
        {
            if (!holds)
            {
                problems.Add(problem.ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}
