using System.Globalization;
using Deployment.Analysis;
using Deployment.Store;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Analysis;

/// <summary>A release is judged by samples that were recorded before, of a file.</summary>
[Category("Unit")]
public sealed class ReplayedSamplesTests
{
    private string _path = "";

    [SetUp]
    public void MakePath() => _path = Path.Combine(Directory.CreateTempSubdirectory("dm-").FullName, "recorded.csv");

    [TearDown]
    public void Remove() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [TestCase(3, DeploymentOutcome.RolledBack)]
    [TestCase(2, DeploymentOutcome.Succeeded)]
    public void Deploy_RecordedSamples_DecideAsTheyDidThen(int badOfTwenty, DeploymentOutcome outcome)
    {
        var world = new World();
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseBlueGreen().Monitor(TimeSpan.FromMinutes(5), monitor => monitor
            .From(MetricFile.Csv(_path, [Metric.ErrorRate], world.Time.Clock))
            .RollBackWhen(Metric.ErrorRate.IsAbove(0.10))
            .With(options => options.Intensive = TimeSpan.Zero));
        // Twenty requests a second for an hour; a minute after the beginning the trouble starts.
        DateTimeOffset begin = world.Time.Clock.GetUtcNow();
        Record(Enumerable.Range(0, 3600).Select(second => (begin + TimeSpan.FromSeconds(second), second < 60 ? 0 : badOfTwenty)));

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(outcome, result.Reason);
        JournalEntry verdict = Watched.Verdict(result);
        verdict.Detail!["error rate of shop_1.1.0_1 on web"].Should().Be($"{_path}: error rate of shop_1.1.0_1");
        if (outcome == DeploymentOutcome.RolledBack)
        {
            // 15% of the last 40 seconds and 0% of the 20 before them are 10%.
            (verdict.At - begin).Should().BeCloseTo(TimeSpan.FromSeconds(101), TimeSpan.FromSeconds(2));
            verdict.Detail!["samples"].Should().Be("1200");
        }
    }

    private void Record(IEnumerable<(DateTimeOffset At, int Bad)> seconds) => File.WriteAllLines(_path,
    [
        "metric,revision,from,at,events,bad",
        .. seconds.Select(second => string.Create(CultureInfo.InvariantCulture, $"error rate,1.1.0,{second.At:O},{second.At + TimeSpan.FromSeconds(1):O},20,{second.Bad}")),
    ]);
}
