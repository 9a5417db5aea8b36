namespace Deployment.Migrations;

/// <summary>What a pipeline migrates, frozen.</summary>
/// <param name="Databases">In order.</param>
/// <param name="Options">When, and what a failure does.</param>
internal sealed record MigrationsDefinition(IReadOnlyList<MigrationResource> Databases, MigrationOptions Options);
