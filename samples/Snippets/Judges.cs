using Deployment;
using Deployment.Analysis;

namespace Snippets;

/// <summary>The code of docs/judges.md. A test holds the two together.</summary>
public static class Judges
{
    public static void Monitor(DeploymentPipelineBuilder pipeline)
    {
        #region monitor
        pipeline.Monitor(TimeSpan.FromMinutes(10), monitor => monitor
            .RollBackWhen(Metric.ErrorRate.IsWorseThanBaseline())
            .RollBackWhen(Metric.ErrorRate.IsAbove(0.10)));
        #endregion
    }

    public static MetricRule Sequential()
    {
        #region sequential
        MetricRule rule = Metrics.AnyIsWorseThanBaseline(
            [Metric.ErrorRate, Metric.LatencyP95],
            new SequentialOptions { FalseAlarmRate = 0.005, Tolerance = 0.1, BatchLength = TimeSpan.FromSeconds(5) });
        #endregion
        return rule;
    }

    public static MetricRule Comparison()
    {
        #region comparison
        MetricRule rule = Metrics.FailComparison(new ComparisonOptions
        {
            Metrics =
            [
                new ComparedMetric(Metric.ErrorRate) { Groups = ["errors"], IsCritical = true },
                new ComparedMetric(Metric.LatencyP95) { Groups = ["latency"], EffectSize = new EffectSizeLimits { AllowedIncrease = 1.1 } },
                new ComparedMetric(Metric.Cpu) { Groups = ["system"] },
                new ComparedMetric(Metric.Memory) { Groups = ["system"], MustHaveData = false },
            ],
            GroupWeights = new Dictionary<string, double> { ["errors"] = 50 },
            Pass = 95,
            Marginal = 75,
        });
        #endregion
        return rule;
    }

    public static MetricRule Fisher()
    {
        #region fisher
        MetricRule rule = Metric.ErrorRate.FailsFisherTest(afterEvents: 200);
        #endregion
        return rule;
    }
}
