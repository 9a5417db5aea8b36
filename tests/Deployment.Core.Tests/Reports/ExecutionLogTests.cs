using System.Text;
using System.Xml.Linq;
using Deployment.Analysis;
using Deployment.Reports;
using Deployment.Store;
using Deployment.Tests.Analysis;

namespace Deployment.Tests.Reports;

[Category("Unit")]
public sealed class ExecutionLogTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Path.Combine(Directory.CreateTempSubdirectory("execution-log-").FullName, "new");

    [TearDown]
    public void RemoveFolder() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Test]
    public async Task Save_AfterAWatch_HasItsRulesAndAChartOfEachMetric()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)).InvestigateWhen(Metric.LatencyP95.IsAboveBaselineBy(0.5))) { Errors = _ => 0.5 };
        DeploymentResult result = watched.Deploy();

        await result.Log.SaveAsync(_folder);

        string text = await File.ReadAllTextAsync(Path.Combine(_folder, "execution-log.md"));
        text.Should().StartWith(result.Log.ToMarkdown());
        string watches = text[text.IndexOf("## Watches", StringComparison.Ordinal)..];
        watches.Should().Contain("**went back**")
            .And.Contain("| error rate is above 10% within 1 min, judged from 50 samples on | goes back | **yes** | error rate is 50% (30 of 60); the limit is 10%. |")
            .And.Contain("| holds | can't be told |")
            .And.Contain("compared with `shop_1.0.0_1 on web` as it was recorded before")
            .And.Contain("![error rate of shop_1.1.0_1: went back](charts/1-1-error-rate.svg)")
            .And.Contain("](charts/1-2-latency-p95.svg)");
        string[] files = [.. Directory.GetFiles(Path.Combine(_folder, "charts")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        files.Should().Equal("1-1-error-rate.svg", "1-2-latency-p95.svg");
        files.Should().OnlyContain(file => XDocument.Load(Path.Combine(_folder, "charts", file)).Root!.Name.LocalName == "svg");
    }

    [Test]
    public async Task Save_ReadByAnotherPipeline_IsTheSame()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        DeploymentResult result = watched.Deploy();
        await result.Log.SaveAsync(_folder);
        string text = await File.ReadAllTextAsync(Path.Combine(_folder, "execution-log.md"));

        ExecutionLog log = await watched.World.Pipeline().ReadLogAsync(result.RunId);
        await log.SaveAsync(_folder);

        (await File.ReadAllTextAsync(Path.Combine(_folder, "execution-log.md"))).Should().Be(text).And.Contain("**passed**");
    }

    [Test]
    public async Task Save_WithoutAWatch_IsTheTableAlone()
    {
        var world = new Deployment.Tests.Execution.World();
        DeploymentResult result = world.Deploy("1.0.0");

        await result.Log.SaveAsync(_folder);

        (await File.ReadAllTextAsync(Path.Combine(_folder, "execution-log.md"))).Should().Be(result.Log.ToMarkdown());
        Directory.GetDirectories(_folder).Should().BeEmpty();
    }

    [Test]
    public async Task Save_ARecordIsDamaged_SaysSoAndWritesTheRest()
    {
        var watched = new Watched(monitor => monitor.RollBackWhen(Metric.ErrorRate.IsAbove(0.10))) { Errors = _ => 0.5 };
        DeploymentResult result = watched.Deploy();
        string hash = Watched.Verdict(result).Detail!["record"];
        DeploymentPipeline other = watched.World.Pipeline(more: pipeline => pipeline.UseStore(new BlobStore(watched.World.Store, hash, Encoding.UTF8.GetBytes("{}"))));

        await (await other.ReadLogAsync(result.RunId)).SaveAsync(_folder);

        (await File.ReadAllTextAsync(Path.Combine(_folder, "execution-log.md"))).Should().StartWith(result.Log.ToMarkdown()).And.Contain("saw can't be read. The record").And.Contain("no format");
    }

    [Test]
    public async Task Save_HostileNameOfAMetric_StaysInTheFolder()
    {
        var metric = Metric.Level("../../<b>|x", MetricUnit.Count);
        var watched = new Watched(monitor => monitor.RollBackWhen(metric.IsAbove(10)));
        watched.Source.Level(metric, (_, _) => 1);
        DeploymentResult result = watched.Deploy();

        await result.Log.SaveAsync(_folder);

        Directory.GetFiles(Path.Combine(_folder, "charts")).Should().Equal(Path.Combine(_folder, "charts", "1-1-b-x.svg"));
        (await File.ReadAllTextAsync(Path.Combine(_folder, "execution-log.md"))).Should().NotContain("<b>|x of");
    }
}
