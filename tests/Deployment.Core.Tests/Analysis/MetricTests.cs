using System.Globalization;
using Deployment.Analysis;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class MetricTests
{
    [SetUp]
    public void SpeakWithCommas() => CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };

    [TearDown]
    public void SpeakAsBefore() => CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

    [TestCase(MetricUnit.Ratio, 0.125, "12.5%")]
    [TestCase(MetricUnit.Ratio, 0.000004, "0%")]
    [TestCase(MetricUnit.Ratio, -0.000004, "0%")]
    [TestCase(MetricUnit.Ratio, 1, "100%")]
    [TestCase(MetricUnit.Seconds, 0.12, "120 ms")]
    [TestCase(MetricUnit.Seconds, 0.0001234, "0.123 ms")]
    [TestCase(MetricUnit.Seconds, -0.5, "-500 ms")]
    [TestCase(MetricUnit.Seconds, 1, "1 s")]
    [TestCase(MetricUnit.Seconds, 90.1236, "90.124 s")]
    [TestCase(MetricUnit.PerSecond, 12.5, "12.5/s")]
    [TestCase(MetricUnit.Bytes, 1234.5678, "1235 B")]
    [TestCase(MetricUnit.Bytes, -0.2, "0 B")]
    [TestCase(MetricUnit.BytesPerSecond, 2048, "2048 B/s")]
    [TestCase(MetricUnit.Count, 3, "3")]
    [TestCase(MetricUnit.Count, 2.5, "2.5")]
    [TestCase(MetricUnit.Count, -0.0, "0")]
    [TestCase(MetricUnit.Ratio, double.NaN, "no value")]
    [TestCase(MetricUnit.Seconds, double.PositiveInfinity, "no value")]
    public void Text_OfEachUnit_IsTheSameEverywhere(MetricUnit unit, double value, string text) => Metric.Level("queue", unit).Text(value).Should().Be(text);

    [TestCase(0.5, "latency p50")]
    [TestCase(0.95, "latency p95")]
    [TestCase(0.999, "latency p99.9")]
    [TestCase(0.999999, "latency p99.9999")]
    [TestCase(0.07, "latency p7")]
    public void Latency_AnyQuantile_HasANameOfItsOwn(double quantile, string name)
    {
        var metric = Metric.Latency(quantile);

        metric.Name.Should().Be(name);
        metric.Quantile.Should().Be(quantile);
        metric.Kind.Should().Be(MetricKind.Distribution);
        metric.Unit.Should().Be(MetricUnit.Seconds);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(95)]
    [TestCase(-0.5)]
    [TestCase(double.NaN)]
    public void Latency_NoQuantile_IsRefusedWithTheRightWay(double quantile) => FluentActions.Invoking(() => Metric.Latency(quantile))
        .Should().Throw<DeploymentException>().WithMessage($"*that of 'latency p*' is {quantile.ToString(CultureInfo.InvariantCulture)}. The 95th percentile is 0.95.");

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("two\nlines")]
    [TestCase("\u001b[31m")]
    public void Name_ThatCannotBeShown_IsRefused(string name)
    {
        Func<Metric>[] all =
        [
            () => Metric.Ratio(name), () => Metric.Distribution(name, 0.5, MetricUnit.Bytes), () => Metric.Rate(name, MetricDirection.LowerIsWorse),
            () => Metric.Increase(name), () => Metric.Level(name, MetricUnit.Count),
        ];

        all.Should().AllSatisfy(make => make.Should().Throw<DeploymentException>().Which.Message.Should().NotContain("\u001b"));
    }

    [Test]
    public void Name_OfMoreThan120Characters_IsRefused()
    {
        Metric.Ratio(new string('m', 120)).Name.Should().HaveLength(120);
        FluentActions.Invoking(() => Metric.Ratio(new string('m', 121))).Should().Throw<DeploymentException>();
    }

    [Test]
    public void Equality_IsByAllThatAMetricIs()
    {
        Metric.Latency(0.95).Should().Be(Metric.LatencyP95);
        Metric.Ratio("refused").Should().Be(Metric.Ratio("refused"));
        Metric.Ratio("refused").Should().NotBe(Metric.Ratio("Refused"));
        Metric.Ratio("refused").Should().NotBe(Metric.Ratio("refused", MetricDirection.LowerIsWorse));
        Metric.Ratio("refused").Should().NotBe(Metric.Increase("refused"));
        Metric.Distribution("size", 0.5, MetricUnit.Bytes).Should().NotBe(Metric.Distribution("size", 0.9, MetricUnit.Bytes));
        Metric.LatencyP95.Should().NotBe(Metric.LatencyP95 with { CountsInWarmUp = true });
    }

    [Test]
    public void WarmUp_OnlyErrorsRatiosAndIncreasesCount()
    {
        Metric[] counting = [Metric.ErrorRate, Metric.Restarts, Metric.Disk, Metric.Ratio("a"), Metric.Increase("b")];
        Metric[] others = [Metric.LatencyP50, Metric.LatencyP99, Metric.RequestRate, Metric.Throughput, Metric.ActiveConnections, Metric.Cpu, Metric.Memory, Metric.Network, Metric.Level("c", MetricUnit.Count)];

        counting.Should().OnlyContain(metric => metric.CountsInWarmUp);
        others.Should().OnlyContain(metric => !metric.CountsInWarmUp);
    }

    [Test]
    public void Rules_OfNumbersThatAreNone_AreRefused()
    {
        Func<double, MetricRule>[] values = [Metric.Cpu.IsAbove, Metric.Cpu.IsBelow];
        Func<double, MetricRule>[] differences = [Metric.Cpu.IsAboveBaselineBy, Metric.Cpu.IsAboveBaselineByDifference, Metric.Cpu.IsBelowBaselineBy, Metric.Cpu.IsBelowBaselineByDifference];

        foreach (Func<double, MetricRule> rule in values.Concat(differences))
        {
            rule.Invoking(make => make(double.NaN)).Should().Throw<DeploymentException>().WithMessage("CPU can't be compared with NaN: take a finite number*");
            rule.Invoking(make => make(double.PositiveInfinity)).Should().Throw<DeploymentException>();
        }

        values.Should().AllSatisfy(rule => rule(-1).Judge.Condition.Should().EndWith("-100%"));
        differences.Should().AllSatisfy(rule => rule.Invoking(make => make(-0.1)).Should().Throw<DeploymentException>().WithMessage("*-0.1: take a finite number of 0 or more."));
    }
}
