using Deployment;
using Deployment.Analysis;
using Deployment.Providers.Local;
using Deployment.Providers.Prometheus;

namespace Snippets;

/// <summary>The code of docs/providers/prometheus.md. A test holds the two together.</summary>
public static class PrometheusProvider
{
    public static PrometheusSource Compose()
    {
        #region prometheus
        PrometheusSource source = PrometheusSource.At("http://prometheus:9090", prometheus =>
        {
            prometheus.ScrapeInterval = TimeSpan.FromSeconds(5);
            prometheus.Ratio(
                Metric.ErrorRate,
                bad: """http_requests_total{app="{application}",revision="{revision}",code=~"5.."}""",
                all: """http_requests_total{app="{application}",revision="{revision}"}""");
            prometheus.Distribution(
                """http_request_duration_seconds_bucket{app="{application}",revision="{revision}"}""",
                Metric.LatencyP50, Metric.LatencyP95, Metric.LatencyP99);
            prometheus.Level(Metric.Memory, """memory_used_ratio{revision="{revision}"}""", PrometheusAggregate.Max);
        });
        #endregion
        return source;
    }

    public static DeploymentPipeline Watch(LocalTarget target, PrometheusSource source)
    {
        #region prometheus-watch
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(target)
            .UseCanary()
            .Monitor(TimeSpan.FromMinutes(5), monitor => monitor
                .From(source)
                .RollBackWhen(Metric.ErrorRate.IsAbove(0.10)))
            .Build();
        #endregion
        return pipeline;
    }

    public static void Configure(PrometheusOptions prometheus)
    {
        #region prometheus-options
        prometheus.Authentication = PrometheusAuthentication.Basic("deployer", "PROMETHEUS_PASSWORD");
        prometheus.Headers["X-Scope-OrgID"] = "shop";
        prometheus.Expression(
            Metric.Cpu,
            """avg(rate(process_cpu_seconds_total{revision="{revision}"}[{window}]))""",
            freshness: """process_cpu_seconds_total{revision="{revision}"}""",
            window: TimeSpan.FromSeconds(20));
        #endregion
    }
}
