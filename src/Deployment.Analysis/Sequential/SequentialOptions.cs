namespace Deployment.Analysis.Sequential;

/// <summary>How a sequential comparison is made; fixed before the first batch.</summary>
internal sealed record SequentialOptions
{
    /// <summary>The share of releases without a difference that may be called worse, over all metrics together and however often it is looked. Above 0, below 1; 0.01 is the default.</summary>
    internal double FalseAlarmRate { get; init; } = 0.01;

    /// <summary>How many metrics are compared this way; the rate is split evenly across them (Bonferroni). 1 or more; 1 is the default.</summary>
    internal int Metrics { get; init; } = 1;

    /// <summary>By how much the candidate's odds of a bad answer may exceed the baseline's, as a fraction: 0.1 allows a tenth more. 0 or more; 0 is the default.</summary>
    internal double Tolerance { get; init; }

    /// <summary>What is assumed of the dispersion before it was seen; null takes answers for independent, which only simulations may.</summary>
    internal DispersionPrior? Prior { get; init; } = new();

    /// <summary>How many batches lie between the moments from which a change is looked for besides the beginning. 1 or more; 30 is the default.</summary>
    internal int BatchesBetweenStarts { get; init; } = 30;

    /// <summary>The e-value at which the candidate is called worse.</summary>
    internal double Threshold => Metrics / FalseAlarmRate;

    /// <summary>Everything that is wrong with these options, as sentences.</summary>
    internal IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        Check(FalseAlarmRate is > 0 and < 1, $"The false alarm rate must be above 0 and below 1, and is {FalseAlarmRate}.");
        Check(Metrics >= 1, $"The number of metrics must be at least 1, and is {Metrics}.");
        Check(Tolerance is >= 0 and < double.PositiveInfinity, $"The tolerance must be 0 or more, and is {Tolerance}.");
        Check(BatchesBetweenStarts >= 1, $"The batches between starts must be at least 1, and are {BatchesBetweenStarts}.");
        Check(Prior is null or { Ratio: >= 1 and < double.PositiveInfinity }, $"The dispersion that is assumed at first must be at least 1, and is {Prior?.Ratio}.");
        Check(Prior is null or { Correlation: >= 0 and < 1 }, $"The correlation that is assumed at first must be at least 0 and below 1, and is {Prior?.Correlation}.");
        Check(Prior is null or { Weight: >= 0 and < double.PositiveInfinity }, $"The weight of what is assumed at first must be 0 or more, and is {Prior?.Weight}.");
        Check(Prior is null or { Batches: > 0 and < double.PositiveInfinity }, $"The batches that what is assumed at first weighs must be above 0, and are {Prior?.Batches}.");
        return problems;

        void Check(bool holds, string problem)
        {
            if (!holds)
            {
                problems.Add(problem);
            }
        }
    }
}
