using System.Data.Common;
using Deployment;
using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore;
using Deployment.Providers.Local;
using Deployment.Providers.PostgreSql;
using Deployment.Runbooks;
using Deployment.Secrets;
using Deployment.Sql;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Snippets;

internal static class Migrations
{
    internal static DeploymentPipeline Compose(NpgsqlDataSource shopDatabase)
    {
        #region compose
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(LocalTarget.Listening(8080))
            .Migrate(migrations => migrations
                .FromScripts("migrations", shopDatabase, options => options.Name = "shop-db")
                .With(options => options.RollbackWindow = TimeSpan.FromHours(24)))
            .UseBlueGreen()
            .RequireHealthy(health => health.Http("/health"))
            .Build();
        #endregion
        return pipeline;
    }

    internal static async Task<DeploymentResult> UndoAsync(DeploymentPipeline pipeline, CancellationToken cancellationToken)
    {
        #region undo
        Runbook undo = await pipeline.PlanUndoMigrationsAsync("shop-db", ["001_email.expand", "001_email.backfill"], cancellationToken);
        DeploymentResult result = await pipeline.ExecuteAsync(undo, cancellationToken);
        #endregion
        return result;
    }

    internal static void EntityFrameworkCore(DeploymentPipelineBuilder pipeline, IDbContextFactory<ShopContext> contexts)
    {
        #region ef-compose
        pipeline.Migrate(migrations => migrations
            .FromDbContext(contexts.CreateDbContext, options => options.Name = "shop-db"));
        #endregion
    }

    internal static void ByCommands(DeploymentPipelineBuilder pipeline, Secret password)
    {
        #region commands
        var secrets = new Dictionary<string, Secret> { ["FLYWAY_PASSWORD"] = password };
        pipeline.Migrate(migrations => migrations
            .FromCommands("shop-db", commands => commands
                .Add("2-add-email", MigrationPhase.Expand, Command.Of("flyway", "migrate", "-target=2") with { SecretEnvironment = secrets, Timeout = TimeSpan.FromMinutes(5) }, migration => migration
                    .ProbeBy(Command.Of("./has-version.sh", "2"), notApplied: 10)
                    .Verify(Command.Of("./count-users-without-email.sh"), output: "0")
                    .UndoBy(Command.Of("./back-to-version.sh", "1")))));
        #endregion
    }

    internal static DeploymentPipeline BackUp(NpgsqlDataSource shopDatabase, Secret password)
    {
        #region back-up
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(LocalTarget.Listening(8080))
            .Migrate(migrations => migrations
                .FromScripts("migrations", shopDatabase, options => options.Name = "shop-db")
                .RequireBackup(shopDatabase, backup =>
                {
                    backup.Folder = "/var/backups/shop";
                    backup.Keep = 5;
                    backup.Password = password;
                }))
            .UseBlueGreen()
            .Build();
        #endregion
        return pipeline;
    }

    internal static void Attest(MigrationsBuilder migrations, DateTimeOffset takenAt)
    {
        #region attest
        migrations.RequireBackup(new AttestedBackup(
            new BackupAttestation("20261122-020000F", takenAt),
            Command.Of("pgbackrest", "--stanza=shop", "--set=20261122-020000F", "verify"),
            maxAge: TimeSpan.FromHours(12)));
        #endregion
    }

    internal static DeploymentPipelineBuilder MigrateAnother(DeploymentPipelineBuilder pipeline, DbProviderFactory sqlite)
    {
        #region another
        DbDataSource shopDatabase = sqlite.CreateDataSource("Data Source=/srv/shop/shop.db");
        // A transaction of SQLite locks all of its file, so the lock of migrators has one of its own.
        DbDataSource locks = sqlite.CreateDataSource("Data Source=/srv/shop/shop.db.migrators;Pooling=False;Default Timeout=1");
        pipeline.Migrate(migrations => migrations
            .FromScripts("migrations", shopDatabase, new PlainSqlDialect(locks, options => options.HasTransactionalSchema = true)));
        #endregion
        return pipeline;
    }

    internal static async Task<int> RehearseAsync(NpgsqlDataSource shopDatabase, Secret password, CancellationToken cancellationToken)
    {
        #region rehearse
        RehearsalReport report = await PostgreSqlRehearsal.RehearseAsync(
            "migrations",
            shopDatabase,
            rehearsal =>
            {
                rehearsal.Backup = "/var/backups/shop/latest.dump";
                rehearsal.Password = password;
            },
            cancellationToken);
        Console.WriteLine(report);
        return report.IsClean ? 0 : 1;
        #endregion
    }

    internal static async Task KeepInStepAsync(CancellationToken cancellationToken)
    {
        #region synced
        var amount = new SyncedColumn("amount", "numeric(12,2)") { IsRequired = true };
        await SyncedColumns
            .ChangeType("shop.orders", amount, new SyncedColumn("cents", "bigint") { IsRequired = true }, forward: "amount * 100", back: "cents / 100.0")
            .WriteAsync("migrations", "007_cents", cancellationToken);
        #endregion
    }

    internal sealed class ShopContext : DbContext;
}
