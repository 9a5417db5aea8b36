namespace Deployment.Migrations;

/// <summary>What applied a migration.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Version">The release that it was applied for; null where the runbook has none.</param>
internal sealed record MigrationBringer(string RunId, string? Version);
