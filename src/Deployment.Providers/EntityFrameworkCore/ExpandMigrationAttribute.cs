using Deployment.Migrations;

namespace Deployment.Providers.EntityFrameworkCore;

/// <summary>The release needs it and older ones work with it. Take it where that can't be seen from the operations, such as SQL of your own; what only adds need not say so.</summary>
public sealed class ExpandMigrationAttribute() : MigrationPhaseAttribute(MigrationPhase.Expand);
