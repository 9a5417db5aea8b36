using Deployment.Analysis;
using Deployment.Runbooks;

namespace Deployment.Tests.Analysis;

/// <summary>One rule from look to look, a second apart.</summary>
[Category("Unit")]
public sealed class RuleWatchTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);
    private static readonly MetricRule Busy = Metric.Cpu.IsAbove(0.5) with { Window = TimeSpan.FromMinutes(5) };
    private static readonly MonitorOptions Options = new() { WarmUp = TimeSpan.Zero, StaleAfter = TimeSpan.FromSeconds(10) };

    [Test]
    public void Look_WorseAllTheTime_CountsWhenItWasForLongEnough() =>
        FirstThatCounts(Busy with { For = TimeSpan.FromSeconds(20) }, Level(0, 60, 1)).Should().Be(21, "the first sample is seen after a second");

    [Test]
    public void Look_NothingNewComes_DoesNotCountOn() =>
        FirstThatCounts(Busy with { For = TimeSpan.FromSeconds(20) }, Level(0, 5, 1)).Should().BeNull("it was found for 15 s by data that were fresh, and for the rest by what had gone stale");

    [Test]
    public void Look_NothingNewComes_SaysWhyItDoesNotCount()
    {
        RuleFinding[] findings = Looks(Busy with { For = TimeSpan.FromSeconds(20) }, Level(0, 5, 1));

        findings[^1].Judgement.Result.Should().Be(JudgementResult.Worse, "it is no pass either");
        findings[^1].Judgement.Reason.Should().Match("CPU is 100%; the limit is 50%. This look doesn't count: the newest sample of CPU of * is of * old.");
    }

    [Test]
    public void Look_NothingNewComes_IsNoLookOfManyEither() =>
        FirstThatCounts(Busy with { Looks = 20, Failures = 20 }, Level(0, 5, 1)).Should().BeNull();

    /// <summary>The time in between doesn't count, and what was found before does.</summary>
    [Test]
    public void Look_DataAreMissingForAWhile_GoesOnFromWhereItWas() =>
        FirstThatCounts(Busy with { For = TimeSpan.FromSeconds(20) }, [.. Level(0, 5, 1), .. Level(40, 60, 1)]).Should().Be(47, "it was fresh from second 1 to 15, and again from second 41 on");

    [Test]
    public void Look_WellInBetween_BeginsAnew() =>
        FirstThatCounts(Busy with { For = TimeSpan.FromSeconds(20), Window = TimeSpan.FromSeconds(1) }, [.. Level(0, 15, 1), .. Level(15, 16, 0), .. Level(16, 60, 1)]).Should().Be(37);

    [Test]
    public void Look_CountsAtOnce_AlsoByWhatGoesStale() => FirstThatCounts(Busy, Level(0, 5, 1)).Should().Be(1);

    [Test]
    public void Look_InsufficientData_AddsNothingToTheTime() =>
        FirstThatCounts(Busy with { For = TimeSpan.FromSeconds(20), Window = TimeSpan.FromSeconds(2) }, [.. Level(0, 5, 1), .. Level(30, 60, 1)]).Should().BeInRange(44, 46);

    [Test]
    public void Look_SaysAmongHowManyWatchesItIsOne()
    {
        var judge = new Witness();
        _ = new RuleWatch(new MonitorRule(new MetricRule(judge), FailureAction.RollBack), Options, watches: 7).Look(Begin, Begin + TimeSpan.FromSeconds(5), [Series(Level(0, 5, 1))]);

        judge.Seen!.Watches.Should().Be(7);
    }

    /// <summary>All since the shift is too much to go through each second for a day.</summary>
    [Test]
    public void Look_AtAllSinceTheShiftOfALongWatch_AsksTheJudgeOnceAThousandthOfTheTime()
    {
        var judge = new Witness();
        MetricRule all = new(judge);
        SeenSample[] samples = Level(0, 20_000, 0.2);
        var watch = new RuleWatch(new MonitorRule(all, FailureAction.RollBack), Options);
        RuleFinding[] Looks(int from, int until) => [.. Enumerable.Range(from, until - from).Select(second => watch.Look(Begin, Begin + TimeSpan.FromSeconds(second), [Series(samples)]))];

        Looks(1, 900).Should().OnlyContain(finding => finding.Judgement.Result == JudgementResult.Well);
        judge.Asked.Should().Be(899, "early each look counts");
        Looks(10_000, 10_100);
        judge.Asked.Should().BeInRange(899 + 9, 899 + 12);
        Looks(20_000, 20_012)[^1].Judgement.Result.Should().Be(JudgementResult.InsufficientData, "what was well is not known to be when nothing new comes");
        var windowed = new Witness();
        var other = new RuleWatch(new MonitorRule(new MetricRule(windowed) { Window = TimeSpan.FromMinutes(1) }, FailureAction.RollBack), Options);
        foreach (int second in Enumerable.Range(10_000, 100))
        {
            other.Look(Begin, Begin + TimeSpan.FromSeconds(second), [Series(samples)]);
        }

        windowed.Asked.Should().Be(100, "a window is looked at each time");
    }

    [TestCase(30, "CPU has 0 samples of the candidate, and 1 are needed; it doesn't count in the warm-up, the first 30 s after a shift.")]
    [TestCase(31, "CPU is 20%; the limit is 50%.")]
    public void Look_InTheWarmUp_SaysThatItIs(int second, string reason)
    {
        var watch = new RuleWatch(new MonitorRule(Busy, FailureAction.RollBack), new MonitorOptions());

        watch.Look(Begin, Begin + TimeSpan.FromSeconds(second), [Series([.. Level(0, 60, 0.2).Where(sample => sample.Sample.At != Begin + TimeSpan.FromSeconds(30))])]).Judgement.Reason.Should().Be(reason);
    }

    /// <summary>A p95 that Prometheus works out itself comes once a scrape, and nobody knows of how many answers.</summary>
    [Test]
    public void Look_ValuesWithoutEvents_OneIsEnough()
    {
        MetricRule slow = Metric.LatencyP95.IsAbove(0.5);
        WatchSeries series = Series([new SeenSample(Begin + TimeSpan.FromSeconds(15), MetricSample.Figure(Begin, Begin + TimeSpan.FromSeconds(15), 2))]) with { Metric = Metric.LatencyP95.Name, Kind = MetricKind.Distribution, Quantile = 0.95, Unit = MetricUnit.Seconds };

        RuleFinding found = new RuleWatch(new MonitorRule(slow, FailureAction.RollBack), Options).Look(Begin, Begin + TimeSpan.FromSeconds(16), [series]);

        (found.Judgement.Result, found.Counts).Should().Be((JudgementResult.Worse, true));
    }

    private static int? FirstThatCounts(MetricRule rule, IReadOnlyList<SeenSample> samples) =>
        Array.FindIndex(Looks(rule, samples), finding => finding.Counts) is >= 0 and int found ? found : null;

    private static RuleFinding[] Looks(MetricRule rule, IReadOnlyList<SeenSample> samples)
    {
        var watch = new RuleWatch(new MonitorRule(rule, FailureAction.RollBack), Options);
        WatchSeries series = Series(samples);
        return [.. Enumerable.Range(0, 120).Select(second => watch.Look(Begin, Begin + TimeSpan.FromSeconds(second), [series]))];
    }

    /// <summary>Once a second, at the end of each second.</summary>
    private static SeenSample[] Level(int from, int until, double value) =>
        [.. Enumerable.Range(from + 1, until - from).Select(second => new SeenSample(Begin + TimeSpan.FromSeconds(second), MetricSample.Level(Begin + TimeSpan.FromSeconds(second), value)))];

    private static WatchSeries Series(IReadOnlyList<SeenSample> samples) => new()
    {
        Metric = Metric.Cpu.Name,
        Kind = Metric.Cpu.Kind,
        Unit = Metric.Cpu.Unit,
        Side = WatchSide.Candidate,
        Subject = "shop_1.1.0_1 on web",
        Source = "test",
        Query = "cpu",
        Samples = samples,
        Problems = [],
    };

    private sealed class Witness : MetricJudge
    {
        internal MetricWindow? Seen { get; private set; }

        internal int Asked { get; private set; }

        public override string Name => "witness";

        public override IReadOnlyList<Metric> Metrics => [Metric.Cpu];

        public override bool NeedsBaseline => false;

        public override string Condition => "never";

        public override Judgement Judge(MetricWindow window)
        {
            Seen = window;
            Asked++;
            return new Judgement(JudgementResult.Well, "Seen.");
        }
    }
}
