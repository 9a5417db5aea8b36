using Deployment.Analysis.Statistics;

namespace Deployment.Analysis.Tests.Statistics;

[Category("Unit")]
public sealed class MannWhitneyTests
{
    private const double Confidence = 0.98;

    private static readonly IReadOnlyList<object> Cases = [.. KnownAnswers.Read.MannWhitney];

    [TestCaseSource(nameof(Cases))]
    public void Test_OfKnownSamples_SaysWhatRSays(object known)
    {
        var expected = (KnownAnswers.ShiftCase)known;
        double precision = 1e-9 * Math.Max(1, Math.Abs(expected.Upper));

        MannWhitneyResult result = MannWhitney.Test(expected.X, expected.Y, Confidence);

        result.U.Should().Be(expected.U);
        (result.PValue / expected.PValue).Should().BeApproximately(1, 1e-6);
        result.Estimate.Should().BeApproximately(expected.Estimate, precision);
        result.Lower.Should().BeApproximately(expected.Lower, precision);
        result.Upper.Should().BeApproximately(expected.Upper, precision);
        if (expected.X.Length * expected.Y.Length % 2 == 1)
        {
            result.Estimate.Should().BeApproximately(expected.RootEstimate, precision, "R's root finder has one step to find where the number of differences is odd");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Test_OfSwappedSamples_IsMirrored(object known)
    {
        var samples = (KnownAnswers.ShiftCase)known;

        MannWhitneyResult forth = MannWhitney.Test(samples.X, samples.Y, Confidence);
        MannWhitneyResult back = MannWhitney.Test(samples.Y, samples.X, Confidence);

        back.Should().BeEquivalentTo(new MannWhitneyResult((samples.X.Length * samples.Y.Length) - forth.U, forth.PValue, -forth.Estimate, -forth.Upper, -forth.Lower), options => options
            .Using<double>(pair => pair.Subject.Should().BeApproximately(pair.Expectation, 1e-12)).WhenTypeIs<double>());
    }

    /// <summary>Three against three can't be significant at this level: the interval is all that was seen, as in Kayenta.</summary>
    [Test]
    public void Test_OfSamplesTooSmallForTheLevel_TakesTheWholeRange()
    {
        MannWhitneyResult result = MannWhitney.Test([10, 11, 12], [1, 2, 3], Confidence);

        result.Should().Match<MannWhitneyResult>(test => test.U == 9 && test.Estimate == 9 && test.Lower == 7 && test.Upper == 11);
    }

    [Test]
    public void Test_OfOneValueEach_HasTheirDifferenceAsInterval()
    {
        MannWhitneyResult result = MannWhitney.Test([.. Enumerable.Repeat(5.0, 20)], [.. Enumerable.Repeat(3.0, 20)], Confidence);

        result.Should().Match<MannWhitneyResult>(test => test.Estimate == 2 && test.Lower == 2 && test.Upper == 2 && test.PValue < 1e-6);
    }

    [Test]
    public void Test_OfEqualValuesOnly_FindsNothing() =>
        MannWhitney.Test([4, 4, 4], [4, 4], Confidence).Should().Be(new MannWhitneyResult(3, 1, 0, 0, 0));

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Test_OfValuesThatAreNone_IsRefused(double value)
    {
        FluentActions.Invoking(() => MannWhitney.Test([1, value], [1], Confidence)).Should().Throw<ArgumentException>().WithParameterName("x");
        FluentActions.Invoking(() => MannWhitney.Test([1], [], Confidence)).Should().Throw<ArgumentException>().WithParameterName("y");
    }
}
