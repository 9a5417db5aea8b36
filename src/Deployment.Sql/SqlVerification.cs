namespace Deployment.Sql;

/// <summary>A question whose answer tells that a script did what it is for.</summary>
/// <param name="Query">A query that reads, without a semicolon. Its answer is the first value of its only row.</param>
/// <param name="Expected">The answer, as PostgreSQL prints it.</param>
/// <param name="Line">The query's line in its file, from 1.</param>
public sealed record SqlVerification(string Query, string Expected, int Line);
