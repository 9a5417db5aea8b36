namespace Deployment.Reports.Charts;

/// <summary>What a metric was at a moment. Always a finite value.</summary>
internal readonly record struct ChartPoint(DateTimeOffset At, double Value);
