using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Deployment.Providers.EntityFrameworkCore.Tests.Contexts;

/// <summary>A context of PostgreSQL whose migrations stand in its class.</summary>
public abstract class HandMadeContext(string address, Action<DbContextOptionsBuilder>? configure = null) : DbContext
{
    /// <summary>Of hand-made migrations: nothing else is told about pending changes.</summary>
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder)
    {
        optionsBuilder.UseNpgsql(address, npgsql => npgsql.EnableRetryOnFailure())
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
        configure?.Invoke(optionsBuilder);
    }
}
