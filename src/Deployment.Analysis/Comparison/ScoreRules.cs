namespace Deployment.Analysis.Comparison;

/// <summary>How metrics make a score and a score a verdict.</summary>
internal sealed record ScoreRules
{
    /// <summary>The score from which a release passes. From 0 to 100.</summary>
    internal required double Pass { get; init; }

    /// <summary>The score from which a release is marginal. From 0 to <see cref="Pass"/>.</summary>
    internal required double Marginal { get; init; }

    /// <summary>How much groups count, in percent. What is left of 100 is shared evenly by the groups without a weight.</summary>
    internal IReadOnlyDictionary<string, double> GroupWeights { get; init; } = new Dictionary<string, double>();
}
