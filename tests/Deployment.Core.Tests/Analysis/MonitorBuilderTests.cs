using Deployment.Analysis;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

[Category("Unit")]
public sealed class MonitorBuilderTests
{
    [Test]
    public void Build_ManyErrors_AreToldAtOnce() => Errors(TimeSpan.FromHours(25), monitor => monitor
        .RollBackWhen(Metric.ErrorRate.IsAbove(0.1) with { MinimumSamples = 0 })
        .InvestigateWhen((Metric.ErrorRate with { CountsInWarmUp = false }).IsAbove(0.2))
        .NoteWhen(Metric.Cpu.IsAbove(0.8) with { Window = TimeSpan.Zero })
        .With(options =>
        {
            options.Interval = TimeSpan.FromMilliseconds(99);
            options.WarmUp = TimeSpan.FromSeconds(-1);
            options.StaleAfter = TimeSpan.Zero;
            options.ReadTimeout = TimeSpan.Zero;
            options.LongestWait = TimeSpan.FromHours(25);
            options.Recording = TimeSpan.FromSeconds(9);
            options.Intensive = TimeSpan.FromHours(25);
            options.MaxSourceErrors = 0;
            options.OnMissingData = (MissingDataAction)7;
        })).Should().Equal(
            "The monitor watches for 1.01:00:00 after a shift; it must be 0 to 24 h.",
            "The monitor's Interval is 00:00:00.0990000; it must be 00:00:00.1000000 to 01:00:00.",
            "The monitor's WarmUp is -00:00:01; it must be 00:00:00 to 01:00:00.",
            "The monitor's StaleAfter is 00:00:00; it must be 00:00:01 to 1.00:00:00.",
            "The monitor's ReadTimeout is 00:00:00; it must be above 0 to 00:05:00.",
            "The monitor's LongestWait is 1.01:00:00; it must be above 0 to 1.00:00:00.",
            "The monitor's Recording is 00:00:09; it must be 00:00:10 to 1.00:00:00.",
            "The monitor's Intensive is 1.01:00:00; it must be 00:00:00 to 1.00:00:00.",
            "The monitor's MaxSourceErrors is 0; it must be 1 to 10,000.",
            "The monitor's OnMissingData is 7, which is none.",
            "The rule 'error rate is above 10%' asks for 0 samples; it must be 1 to 1,000,000.",
            "The rule 'CPU is above 80%' has a window of 00:00:00; it must be 1 s to 24 h.",
            "Several metrics are called 'error rate'. Give each its own name.");

    [Test]
    public void Build_RulesThatNeverCountInALookOfTheExtendedWatch_AreRefused() => Errors(TimeSpan.FromHours(1), monitor => monitor
        .RollBackWhen(Metric.ErrorRate.IsAbove(0.1) with { For = TimeSpan.FromMinutes(11) })
        .InvestigateWhen(Metric.ErrorRate.IsAbove(0.2) with { For = TimeSpan.FromMinutes(10) })
        .InvestigateWhen(Metric.LatencyP95.IsAbove(2) with { Looks = 700, Failures = 600 })
        .NoteWhen(Metric.Cpu.IsAbove(0.8) with { For = TimeSpan.FromMinutes(30) })
        .With(options => options.Extended = TimeSpan.FromHours(24))).Should().Equal(
            "The looks of the extended watch are 10 min apart (ExtendedInterval), and error rate is above 10% within 1 min for 11 min, judged from 50 samples on: it must be found for 11 min to count. Watch for longer, or make For shorter.",
            "The looks of the extended watch are 10 min apart (ExtendedInterval), and latency p95 is above 2 s within 1 min at 600 of 700 looks, judged from 200 samples on: 700 looks that are 1 s apart take 11 min 40 s. Watch for longer, or take fewer Looks.");

    [Test]
    public void Build_AWindowForAJudgeThatTakesNone_IsRefused() => Errors(TimeSpan.FromHours(1), monitor => monitor
        .RollBackWhen(Metric.ErrorRate.FailsFisherTest(200) with { Window = TimeSpan.FromMinutes(1) })).Should().ContainSingle().Which.Should().EndWith("Leave Window null.");

    [Test]
    public void Build_NoRule_IsRefused() => Errors(TimeSpan.FromMinutes(5), _ => { }).Should().Equal(
        "The monitor has no rule. Add one, such as RollBackWhen(Metric.ErrorRate.IsAbove(0.10)).");

    [Test]
    public void Build_AtTheEdges_IsFine()
    {
        Action build = () => Pipeline(TimeSpan.Zero, monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)).NoteWhen(Metric.ErrorRate.IsAbove(0.05)).With(options =>
        {
            options.Interval = TimeSpan.FromHours(1);
            options.WarmUp = TimeSpan.FromHours(1);
            options.StaleAfter = TimeSpan.FromHours(24);
            options.ReadTimeout = TimeSpan.FromTicks(1);
            options.LongestWait = TimeSpan.FromTicks(1);
            options.Recording = TimeSpan.FromSeconds(10);
            options.Intensive = TimeSpan.FromHours(24);
            options.MaxSourceErrors = 10_000;
        }));

        build.Should().NotThrow();
    }

    [Test]
    public void Build_OptionsChangedAfterwards_ChangeNothing()
    {
        MonitorOptions? kept = null;
        var builder = new MonitorBuilder();
        builder.RollBackWhen(Metric.ErrorRate.IsAbove(0.1)).With(options => kept = options);
        MonitorDefinition built = builder.Build(TimeSpan.FromMinutes(1), []);

        kept!.WarmUp = TimeSpan.FromMinutes(20);
        builder.NoteWhen(Metric.Cpu.IsAbove(0.1));

        built.Options.WarmUp.Should().Be(TimeSpan.FromSeconds(30));
        built.Rules.Should().ContainSingle();
    }

    [Test]
    public void Add_Null_IsRefused()
    {
        var builder = new MonitorBuilder();

        builder.Invoking(monitor => monitor.From(null!)).Should().Throw<ArgumentNullException>();
        builder.Invoking(monitor => monitor.RollBackWhen(null!)).Should().Throw<ArgumentNullException>();
        builder.Invoking(monitor => monitor.With(null!)).Should().Throw<ArgumentNullException>();
    }

    private static IReadOnlyList<string> Errors(TimeSpan bake, Action<MonitorBuilder> monitor) =>
        FluentActions.Invoking(() => Pipeline(bake, monitor)).Should().Throw<DeploymentValidationException>().Which.Errors;

    private static DeploymentPipeline Pipeline(TimeSpan bake, Action<MonitorBuilder> monitor) => new World { Configure = pipeline => pipeline.UseBlueGreen().Monitor(bake, monitor) }.Pipeline();
}
