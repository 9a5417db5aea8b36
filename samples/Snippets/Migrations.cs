using Deployment;
using Deployment.Providers.Local;
using Deployment.Providers.PostgreSql;
using Deployment.Runbooks;
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
}
