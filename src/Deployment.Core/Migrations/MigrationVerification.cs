namespace Deployment.Migrations;

/// <summary>A question to a database whose answer tells that a migration did what it is for.</summary>
/// <param name="Query">What is asked. It changes nothing.</param>
/// <param name="Expected">The answer, as text.</param>
public sealed record MigrationVerification(string Query, string Expected);
