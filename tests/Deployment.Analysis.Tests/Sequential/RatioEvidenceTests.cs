using Deployment.Analysis.Sequential;

namespace Deployment.Analysis.Tests.Sequential;

[Category("Unit")]
public sealed class RatioEvidenceTests
{
    /// <summary>Both halves of the traffic, three bad answers of the candidate and one of the baseline: ρ³/((1 + ρ)/2)⁴.</summary>
    [Test]
    public void Logs_OfOneBatch_AreThoseWorkedOutByHand()
    {
        var evidence = new RatioEvidence(tolerance: 0);

        evidence.Add(new Batch(new SideCounts(20, 3), new SideCounts(20, 1)));

        double[] expected = [.. RatioEvidence.Ratios.ToArray().Select(ratio => Math.Pow(ratio, 3) / Math.Pow((1 + ratio) / 2, 4))];
        Values(evidence).Should().Equal(expected, (left, right) => Math.Abs(left - right) < 1e-12);
    }

    /// <summary>A quarter of the traffic, which may have twice the odds: a share of 2/5.</summary>
    [Test]
    public void Logs_WithUnequalTrafficAndATolerance_AreThoseWorkedOutByHand()
    {
        var evidence = new RatioEvidence(tolerance: 1);

        evidence.Add(new Batch(new SideCounts(10, 2), new SideCounts(30, 1)));

        double[] expected = [.. RatioEvidence.Ratios.ToArray().Select(ratio => ratio * ratio / Math.Pow((0.4 * ratio) + 0.6, 3))];
        Values(evidence).Should().Equal(expected, (left, right) => Math.Abs(left - right) < 1e-12);
    }

    /// <summary>
    /// The claim that everything stands on, by going through all that can happen in a batch: independent answers of equal versions can't
    /// be expected to let the evidence grow, be bad answers rare or common, and traffic even or not.
    /// </summary>
    [Test]
    public void Evidence_OfIndependentAnswersOfEqualVersions_CannotBeExpectedToGrow([Values(0.005, 0.05, 0.5, 0.95)] double share, [Values(1, 5, 20)] int candidate)
    {
        const int Baseline = 20;
        double[] mean = new double[RatioEvidence.Ratios.Length];
        for (int bad = 0; bad <= candidate; bad++)
        {
            for (int other = 0; other <= Baseline; other++)
            {
                var evidence = new RatioEvidence(tolerance: 0);
                evidence.Add(new Batch(new SideCounts(candidate, bad), new SideCounts(Baseline, other)));
                double chance = Binomial(candidate, bad, share) * Binomial(Baseline, other, share);
                mean = [.. mean.Zip(Values(evidence), (sum, value) => sum + (chance * value))];
            }
        }

        mean.Should().OnlyContain(value => value > 0 && value <= 1 + 1e-9);
    }

    [Test]
    public void Evidence_OfAWorseCandidate_CanBeExpectedToGrow()
    {
        var evidence = new RatioEvidence(tolerance: 0);

        evidence.Add(new Batch(new SideCounts(1000, 50), new SideCounts(1000, 5)));

        Values(evidence).Should().OnlyContain(value => value > 1);
    }

    private static double[] Values(RatioEvidence evidence) => [.. evidence.Logs.ToArray().Select(Math.Exp)];

    private static double Binomial(int n, int k, double share) => MathNet.Numerics.Distributions.Binomial.PMF(share, n, k);
}
