using Deployment.Migrations;

namespace Deployment.Providers.EntityFrameworkCore;

/// <summary>It changes rows, not the schema, and may be repeated.</summary>
public sealed class BackfillMigrationAttribute() : MigrationPhaseAttribute(MigrationPhase.Backfill);
