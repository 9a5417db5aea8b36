using Deployment;
using Deployment.Providers.Local;
using Deployment.Providers.PostgreSql;
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
}
