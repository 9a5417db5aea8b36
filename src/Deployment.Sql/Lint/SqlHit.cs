namespace Deployment.Sql.Lint;

/// <summary>A place that a rule found.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="What">A sentence that says what stands there.</param>
internal sealed record SqlHit(int Line, string What);
