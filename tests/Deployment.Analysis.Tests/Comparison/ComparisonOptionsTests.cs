namespace Deployment.Analysis.Tests.Comparison;

[Category("Unit")]
public sealed class ComparisonOptionsTests
{
    private static readonly ComparedMetric Errors = new(Metric.ErrorRate);

    [Test]
    public void FailComparison_OfWrongOptions_IsRefusedWithAllThatIsWrong() =>
        FluentActions.Invoking(() => Metrics.FailComparison(new ComparisonOptions
        {
            Metrics =
            [
                Errors with { OutlierFactor = 0, Tolerance = -1, Confidence = 1, Direction = (MetricDirection)9 },
                Errors with { Groups = [] },
                new ComparedMetric(Metric.Cpu) { Groups = ["a", "a"], EffectSize = new EffectSizeLimits { AllowedIncrease = 0.9, AllowedDecrease = 1.1, CriticalIncrease = double.NaN, CriticalDecrease = -1 } },
            ],
            Pass = 101,
            Marginal = -1,
            PointLength = TimeSpan.Zero,
            Every = TimeSpan.FromDays(2),
            GroupWeights = new Dictionary<string, double> { ["all"] = 70, ["gone"] = 60 },
        })).Should().Throw<DeploymentValidationException>().Which.Errors.Should().SatisfyRespectively(
            one => one.Should().Contain("passes must be 0 to 100"),
            one => one.Should().Contain("marginal"),
            one => one.Should().Contain("length of a point"),
            one => one.Should().Contain("between two looks"),
            one => one.Should().Contain("direction"),
            one => one.Should().Contain("outlier factor"),
            one => one.Should().Contain("tolerance"),
            one => one.Should().Contain("confidence"),
            one => one.Should().Contain("error rate has no group"),
            one => one.Should().Contain("groups of CPU"),
            one => one.Should().Contain("allowed increase must be 1 or more, and is 0.9"),
            one => one.Should().Contain("allowed decrease must be 0 to 1, and is 1.1"),
            one => one.Should().Contain("critical increase"),
            one => one.Should().Contain("critical decrease"),
            one => one.Should().Contain("error rate is compared more than once"),
            one => one.Should().Contain("'gone'"),
            one => one.Should().Contain("make 130%"));

    [Test]
    public void Problems_OfWhatCanBe_AreNone()
    {
        ComparisonOptions options = new()
        {
            Metrics =
            [
                Errors with { OutlierFactor = 3, EffectSize = new EffectSizeLimits { Measure = EffectSizeMeasure.CommonLanguage, AllowedIncrease = 0.6, AllowedDecrease = 0.4 } },
                new ComparedMetric(Metric.Cpu) { Groups = ["system", "all"] },
                new ComparedMetric(Metric.Memory) { Groups = [], IsCritical = true },
                new ComparedMetric(Metric.Disk) { Groups = [], IsMuted = true },
            ],
            GroupWeights = new Dictionary<string, double> { ["all"] = 60, ["system"] = 40 },
            Pass = 80,
            Marginal = 80,
            PointLength = TimeSpan.FromMinutes(1),
        };

        options.Problems().Should().BeEmpty();
    }

    [TestCase(60, 30, "make 90%")]
    [TestCase(60, 50, "make 110%")]
    [TestCase(-1, 50, "0 to 100 each")]
    [TestCase(double.NaN, 50, "0 to 100 each")]
    public void Problems_OfWeightsThatMakeNoScore_AreTold(double one, double two, string problem) =>
        new ComparisonOptions { Metrics = [Errors with { Groups = ["a", "b"] }], GroupWeights = new Dictionary<string, double> { ["a"] = one, ["b"] = two } }
            .Problems().Should().ContainSingle().Which.Should().Contain(problem);

    [Test]
    public void Problems_WhereNothingCounts_AreTold()
    {
        new ComparisonOptions { Metrics = [] }.Problems().Should().ContainSingle().Which.Should().Contain("No metric counts");
        new ComparisonOptions { Metrics = [Errors with { IsMuted = true }] }.Problems().Should().ContainSingle().Which.Should().Contain("No metric counts");
        new ComparisonOptions { Metrics = [null!] }.Problems().Should().ContainSingle().Which.Should().Contain("null");
        new ComparisonOptions { Metrics = [Errors], Every = TimeSpan.FromSeconds(49) }.Problems().Should().ContainSingle().Which.Should().Contain("5 points");
        new ComparisonOptions { Metrics = [Errors with { EffectSize = new EffectSizeLimits { Measure = EffectSizeMeasure.CommonLanguage, AllowedIncrease = 1.1 } }] }.Problems().Should().ContainSingle().Which.Should().Contain("0.5 to 1");
    }
}
