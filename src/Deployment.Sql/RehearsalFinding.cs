namespace Deployment.Sql;

/// <summary>Something that a rehearsal found wrong.</summary>
/// <param name="Problem">What kind it is.</param>
/// <param name="Text">What was seen: the database's message, or the difference.</param>
public sealed record RehearsalFinding(RehearsalProblem Problem, string Text);
