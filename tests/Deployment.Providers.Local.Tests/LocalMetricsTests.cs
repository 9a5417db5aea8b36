using Deployment.Analysis;
using Deployment.Flags;
using Deployment.Providers.Local.Processes;
using Deployment.Providers.Local.Supervisor;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Tests;

namespace Deployment.Providers.Local.Tests;

/// <summary>A target's own metrics, of real routers and processes.</summary>
[Platform("Linux")]
public sealed class LocalMetricsTests : LocalFixture
{
    private static readonly Metric[] All = [Metric.ErrorRate, Metric.RequestRate, Metric.ActiveConnections, Metric.LatencyP50, Metric.Latency(0.999), Metric.Restarts, Metric.Cpu, Metric.Memory];

    private IMetricSource Source => Target;

    private MetricSubject Subject => new("production", Target.Name, Id(1));

    [Test]
    public void Measures_ItsOwnRevisions_HoweverTheyCountInAWarmUp()
    {
        All.Should().OnlyContain(metric => Source.Measures(metric, Subject));
        All.Select(metric => metric with { CountsInWarmUp = !metric.CountsInWarmUp }).Should().OnlyContain(metric => Source.Measures(metric, Subject));
        MetricSubject elsewhere = Subject with { Target = "other" }, users = Subject with { Cohort = new FlagCohort("checkout", "10%") };
        All.Should().NotContain(metric => Source.Measures(metric, elsewhere) || Source.Measures(metric, users));
        new[] { Metric.Disk, Metric.Throughput, Metric.Network, Metric.Ratio("error rates"), Metric.Ratio("latency p95") }.Should().NotContain(metric => Source.Measures(metric, Subject));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Read_AcrossDeathAndRenewalOfTheRouter_GoesOnWithoutAnythingImpossible(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        IMetricFeed feed = Source.Open(Metric.ErrorRate, Subject, TimeProvider.System.GetUtcNow());
        List<MetricSample> seen = [];

        await SendAsync(feed, seen, 40);
        await Host.RenewRouterAsync(Port, cancellationToken);
        await SendAsync(feed, seen, 20);
        Kill((await RouterClient.StatusAsync(Folder.RouterSocket(Port), Target.Name, cancellationToken))!.ProcessId);
        await UntilAsync(async () => await RouterClient.AnswersAsync(Folder.RouterSocket(Port), cancellationToken), "the router is back");
        await SendAsync(feed, seen, 30);

        seen.Sum(sample => sample.Events).Should().Be(90);
        seen.Should().OnlyContain(sample => sample.Problem(Metric.ErrorRate) == null);
        seen.Select(sample => sample.At).Should().BeInAscendingOrder();
        TestContext.Out.WriteLine($"lengths of samples in ms: {string.Join(' ', seen.Select(sample => $"{(sample.At - sample.From).TotalMilliseconds:0}"))}");
    }

    [Test]
    public async Task Commands_PastedIntoAShell_ShowTheSame()
    {
        RealComponent.Require("curl");
        await InstallAndRouteAsync(1);
        using var user = new HttpClient();
        await user.GetStringAsync(Public());

        foreach ((Metric metric, string shown) in new[] { (Metric.ErrorRate, "\"requests\":1"), (Metric.Restarts, "\"restarts\":0") })
        {
            IReadOnlyList<string> lines = Source.Commands(metric, Subject);
            await UntilAsync(async () => await ByHandTests.ShellAsync(lines) is { Code: 0, Text: var text } && text.Contains(shown, StringComparison.Ordinal), $"the line of {metric} shows it");
        }

        (await ByHandTests.ShellAsync(Source.Commands(Metric.ErrorRate, Subject with { Revision = Id(9) }))).Should().Match<(int Code, string Text)>(end => end.Code != 0 && end.Text.Contains("counts nothing of shop_9.0.0_1", StringComparison.Ordinal));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Restarts_AnInstanceIsKilled_AreCountedOnce(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        IMetricFeed feed = Source.Open(Metric.Restarts, Subject, default);
        List<MetricSample> seen = [.. await feed.ReadAsync(cancellationToken)];
        seen.Should().BeEmpty("what was before is nobody's matter");

        Kill((await InstancesAsync())[0]);

        await UntilAsync(async () =>
        {
            seen.AddRange(await feed.ReadAsync(cancellationToken));
            return seen.Sum(sample => sample.Events) > 0 && (await Host.StatusAsync(cancellationToken)).All(instance => instance.ProcessId is not null);
        }, "the restart was seen");
        seen.AddRange(await feed.ReadAsync(cancellationToken));
        seen.Sum(sample => sample.Events).Should().Be(1);
        seen.Should().OnlyContain(sample => sample.Problem(Metric.Restarts) == null);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Memory_IsThatOfTheProcesses_AndCpuIsNoMoreThanTheMachineHas(CancellationToken cancellationToken)
    {
        await InstallAndRouteAsync(1);
        IMetricFeed memory = Source.Open(Metric.Memory, Subject, default), cpu = Source.Open(Metric.Cpu, Subject, default);
        await memory.ReadAsync(cancellationToken);
        await cpu.ReadAsync(cancellationToken);
        using var user = new HttpClient();
        for (int request = 0; request < 200; request++)
        {
            await user.GetStringAsync(Public(), cancellationToken);
        }

        double resident = (await memory.ReadAsync(cancellationToken)).Single().Value!.Value * ProcessUsage.MachineBytes();
        double used = (await cpu.ReadAsync(cancellationToken)).Single().Value!.Value;

        long itself = (await InstancesAsync()).Sum(id => System.Diagnostics.Process.GetProcessById(id).WorkingSet64);
        resident.Should().BeInRange(itself * 0.8, itself * 1.25, "an instance starts nothing else here");
        used.Should().BeInRange(0.0001, 1, "200 requests take some time");
    }

    [Test]
    public async Task Processes_NothingRuns_IsAnErrorThatNamesTheRevision()
    {
        await InstallAndRouteAsync(1);

        foreach (Metric metric in new[] { Metric.Restarts, Metric.Cpu, Metric.Memory })
        {
            IMetricFeed feed = Source.Open(metric, Subject with { Revision = Id(9) }, default);
            (await feed.Awaiting(one => one.ReadAsync(CancellationToken.None)).Should().ThrowAsync<MetricSourceException>()).WithMessage($"*{metric} of {Target.Name}/shop_9.0.0_1*shop_9.0.0_1 isn't installed on {Target.Name}.");
        }
    }

    private async Task<int[]> InstancesAsync() => [.. (await Host.StatusAsync(CancellationToken.None)).Select(instance => instance.ProcessId!.Value)];

    private async Task SendAsync(IMetricFeed feed, List<MetricSample> seen, int requests)
    {
        double? goal = seen.Sum(sample => sample.Events) + requests;
        // What is counted within the second in which the watch or the router began belongs to no sample: it begins with the next.
        int before = seen.Count;
        await UntilAsync(async () =>
        {
            seen.AddRange(await feed.ReadAsync(CancellationToken.None));
            return seen.Count > before;
        }, "samples come");
        using var user = new HttpClient();
        for (int request = 0; request < requests; request++)
        {
            await user.GetStringAsync(Public());
        }

        await UntilAsync(async () =>
        {
            seen.AddRange(await feed.ReadAsync(CancellationToken.None));
            return seen.Sum(sample => sample.Events) >= goal;
        }, "all was counted");
    }
}
