using Deployment;
using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Providers.Local;
using Deployment.Providers.PostgreSql;
using Deployment.Secrets;
using Deployment.Sql;
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
}
