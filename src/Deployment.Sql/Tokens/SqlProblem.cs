namespace Deployment.Sql.Tokens;

/// <summary>What makes a text no script that could run.</summary>
/// <param name="Line">Where, from 1.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record SqlProblem(int Line, string Message);
