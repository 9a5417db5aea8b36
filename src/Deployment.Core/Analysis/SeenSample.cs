namespace Deployment.Analysis;

/// <summary>A sample, and at which look it was there. A replay sees at each look what was seen then.</summary>
/// <param name="Seen">The look's time.</param>
/// <param name="Sample">The sample.</param>
internal sealed record SeenSample(DateTimeOffset Seen, MetricSample Sample);
