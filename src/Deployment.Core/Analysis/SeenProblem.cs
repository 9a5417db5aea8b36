namespace Deployment.Analysis;

/// <summary>From a look on a metric could not be read; or could again.</summary>
/// <param name="Seen">The look's time.</param>
/// <param name="Problem">What was wrong; null when nothing is any more.</param>
internal sealed record SeenProblem(DateTimeOffset Seen, string? Problem = null);
