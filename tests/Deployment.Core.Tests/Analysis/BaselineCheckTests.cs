using System.Text;
using Deployment.Analysis;
using Deployment.Store;

namespace Deployment.Tests.Analysis;

/// <summary>What is recorded of the old release is as much as the new one is compared by.</summary>
[Category("Unit")]
public sealed class BaselineCheckTests
{
    private static readonly MetricRule Busier = Metric.Cpu.IsAboveBaselineBy(0.5);

    [Test]
    public void Deploy_ASourceWithoutAMemory_IsRecordedForAWindow()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Busier));
        double cpu = 0.1;
        Momentary(watched, () => cpu = cpu > 0.45 ? 0.1 : cpu + 0.01);

        DeploymentResult result = watched.Deploy();

        JournalEntry recorded = Recorded(result);
        Took(result).Should().Be(TimeSpan.FromMinutes(1));
        recorded.Detail!["CPU"].Should().Contain("61 samples by fake metrics");
        recorded.Text.Should().NotContain("CPU 11%", "one moment is not how a release does");
    }

    [Test]
    public void Deploy_ASourceWithAMemory_IsNotWaitedFor()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Busier));
        watched.Source.Level(Metric.Cpu, (_, _) => 0.2);

        DeploymentResult result = watched.Deploy();

        Took(result).Should().Be(TimeSpan.Zero);
        Recorded(result).Detail!["CPU"].Should().StartWith("20%, 600 samples");
    }

    [Test]
    public void Plan_SaysForHowLongItIsRecorded()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Busier with { Window = TimeSpan.FromMinutes(2) }));
        watched.Source.Level(Metric.Cpu, (_, _) => 0.2);

        watched.Deploy().Runbook.Steps.OfType<Deployment.Runbooks.CheckStep>().Single(step => step.Check == "baseline").Expected.Should()
            .Be("How shop_1.0.0_1 does is recorded, to compare with: CPU; up to the last 10 min, where the source has a memory, else what it tells within 2 min.");
    }

    [Test]
    public void Deploy_FewerThanTheRulesNeed_IsNoted()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAboveBaselineByDifference(0.1)).With(options => options.OnMissingData = MissingDataAction.RollBack));
        watched.Source.Samples(Metric.ErrorRate, (subject, from, until) => subject.Revision.Version == "1.0.0" ? [MetricSample.Ratio(from, until, 0, 7)] : []);

        DeploymentResult result = watched.Deploy();

        result.Log.Entries.First(entry => entry.Kind == JournalEntryKind.CheckFailed).Text.Should()
            .Be("There are 7 samples of error rate of shop_1.0.0_1 on web to record, and 50 are needed. Rules that compare with it can't be judged.");
    }

    /// <summary>What comes from the store decides about a release, and is checked first.</summary>
    [Test]
    public void Deploy_WhatWasRecordedIsDamaged_IsHeld()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Busier).With(options => options.OnMissingData = MissingDataAction.RollBack));
        watched.Source.Level(Metric.Cpu, (_, _) => 0.2);
        Action<DeploymentPipelineBuilder> usual = watched.World.Configure;
        watched.World.Configure = pipeline =>
        {
            usual(pipeline);
            pipeline.UseStore(new DamagingStore(watched.World.Store));
        };

        DeploymentResult result = watched.Deploy();

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        Watched.Verdict(result).Text.Should().Contain("what was recorded of the baseline can't be read").And.Contain("a series in it was not recorded of a baseline");
    }

    private static void Momentary(Watched watched, Func<double> cpu) =>
        watched.Source.Samples(Metric.Cpu, (_, _, until) => [MetricSample.Level(until, cpu())]);

    private static JournalEntry Recorded(DeploymentResult result) => result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.CheckPassed && entry.Step!.Contains("baseline", StringComparison.Ordinal));

    private static TimeSpan Took(DeploymentResult result)
    {
        JournalEntry recorded = Recorded(result);
        return recorded.At - result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.CheckStarted && entry.Step == recorded.Step).At;
    }

    /// <summary>Recordings are the only blobs that are arrays.</summary>
    private sealed class DamagingStore(IDeploymentStore inner) : DelegatingStore(inner)
    {
        public override async Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken) =>
            await base.GetBlobAsync(sha256, cancellationToken) is { } blob ? blob.Span[0] == (byte)'[' ? Encoding.UTF8.GetBytes("[null]") : blob : null;
    }
}
