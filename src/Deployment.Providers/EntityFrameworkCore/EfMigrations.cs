using Deployment.Migrations;
using Microsoft.EntityFrameworkCore;

namespace Deployment.Providers.EntityFrameworkCore;

/// <summary>Lets a pipeline run the migrations of an EF Core context.</summary>
public static class EfMigrations
{
    /// <summary>Runs the migrations of a context's assembly; see <see cref="MigrationPhaseAttribute"/> for when each runs.</summary>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="migrations">The pipeline's migrations.</param>
    /// <param name="create">Creates a context; it is called for each look and each change, and what it gives is disposed. <c>IDbContextFactory.CreateDbContext</c> fits.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <exception cref="DeploymentValidationException">Options are wrong; all errors together.</exception>
    public static MigrationsBuilder FromDbContext<TContext>(this MigrationsBuilder migrations, Func<TContext> create, Action<EfMigratorOptions>? configure = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(migrations);
        ArgumentNullException.ThrowIfNull(create);
        return migrations.From(new EfMigrator<TContext>(create, configure));
    }
}
