namespace Deployment.Migrations;

/// <summary>What a database says that it has.</summary>
/// <param name="Id">The migration.</param>
/// <param name="Checksum">Of the script that was applied; null where it isn't known, as in a history that another tool has kept.</param>
public sealed record AppliedMigration(string Id, string? Checksum);
