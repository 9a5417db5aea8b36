using Deployment;
using Deployment.Analysis;
using Deployment.Providers.Local;
using Deployment.Store;

namespace Snippets;

/// <summary>The code of docs/watching.md. A test holds the two together.</summary>
public static class Watching
{
    public static DeploymentPipeline First()
    {
        #region first
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(LocalTarget.Listening(8080))
            .UseCanary()
            .RequireHealthy(health => health.Http("/health"))
            .Monitor(TimeSpan.FromMinutes(5), monitor => monitor
                .RollBackWhen(Metric.ErrorRate.IsAbove(0.10))
                .RollBackWhen(Metric.ErrorRate.IsWorseThanBaseline())
                .InvestigateWhen(Metric.LatencyP95.IsAboveBaselineBy(0.20) with { StandardErrors = 3 }))
            .Build();
        #endregion
        return pipeline;
    }

    public static void Field(DeploymentPipelineBuilder pipeline)
    {
        #region field
        Metric lost = Metric.Increase("payments lost");
        pipeline.Monitor(TimeSpan.FromMinutes(5), monitor => monitor
            .UseFieldCriteria(criteria =>
            {
                criteria.ErrorRate = 0.05;
                criteria.CriticalErrors.Add(lost);
            })
            .With(options =>
            {
                options.Intensive = TimeSpan.FromMinutes(60);
                options.Extended = TimeSpan.FromHours(24);
            }));
        #endregion
    }

    public static async Task ReportAsync(DeploymentPipeline pipeline, string runId, CancellationToken cancellationToken)
    {
        #region report
        await pipeline.ReportAsync(runId, IncidentKind.DataCorruption, "ada", "orders 4711 to 4718 have no lines", cancellationToken);
        #endregion
    }

    public static void Sources(MonitorBuilder monitor, Func<DateTimeOffset, DateTimeOffset, Task<(long Bad, long All)>> countOrders)
    {
        #region sources
        Metric refused = Metric.Ratio("orders refused");
        var orders = new DelegateMetricSource("orders").Add(refused, async (subject, from, until, cancellationToken) =>
        {
            (long bad, long all) = await countOrders(from, until);
            return [MetricSample.Ratio(from, until, bad, all)];
        }, remembers: true);

        monitor
            .From(orders)
            .From(MetricFile.JsonLines("/var/lib/shop/metrics.jsonl", [Metric.Memory]))
            .RollBackWhen(refused.IsAbove(0.02) with { MinimumSamples = 200, For = TimeSpan.FromSeconds(30) });
        #endregion
    }
}
