using Deployment;
using Deployment.Providers.Local;
using Deployment.Providers.PostgreSql;
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

    internal static async Task KeepInStepAsync(CancellationToken cancellationToken)
    {
        #region synced
        var amount = new SyncedColumn("amount", "numeric(12,2)") { IsRequired = true };
        await SyncedColumns
            .ChangeType("shop.orders", amount, new SyncedColumn("cents", "bigint") { IsRequired = true }, forward: "amount * 100", back: "cents / 100.0")
            .WriteAsync("migrations", "007_cents", cancellationToken);
        #endregion
    }
}
