using System.Globalization;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>What users saw.</summary>
/// <param name="Answers">How many answers of each kind came: `VERSION STATUS`.</param>
/// <param name="Failures">How many requests failed, by reason; an answer with an error's status is one too.</param>
/// <param name="Milliseconds">How long answers took, the shortest first.</param>
internal sealed record LoadReport(IReadOnlyDictionary<string, int> Answers, IReadOnlyDictionary<string, int> Failures, IReadOnlyList<double> Milliseconds)
{
    public double P50 => Percentile(0.50);

    public double P99 => Percentile(0.99);

    /// <summary>How many good answers a version gave.</summary>
    public int Of(string version) => Answers.GetValueOrDefault(version + " 200");

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Answers: {string.Join(", ", Answers.Select(found => $"{found.Key}: {found.Value}"))}. Failures: {string.Join(", ", Failures.Select(found => $"{found.Key}: {found.Value}"))}. p50 {P50:0.0} ms, p99 {P99:0.0} ms.");

    private double Percentile(double share) => Milliseconds.Count == 0 ? 0 : Milliseconds[(int)(share * (Milliseconds.Count - 1))];
}
