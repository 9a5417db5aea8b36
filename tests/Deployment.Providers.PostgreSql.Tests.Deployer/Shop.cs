using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Sql;
using Deployment.Store;
using Deployment.Testing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests.Deployer;

/// <summary>A pipeline that backs a database up and migrates it, the same in every process.</summary>
/// <param name="Address">The database.</param>
/// <param name="Folder">The folder that has all the rest: scripts, backups, the store, PostgreSQL's programs.</param>
public sealed record Shop(string Address, string Folder)
{
    public string Scripts => Path.Combine(Folder, "scripts");

    public string Backups => Path.Combine(Folder, "backups");

    public string Programs => Path.Combine(Folder, "programs");

    public string Store => Path.Combine(Folder, "store");

    /// <summary>The file of the password; without it none is needed.</summary>
    public string PasswordFile => Path.Combine(Folder, "password");

    private Secret? Password => File.Exists(PasswordFile) ? new Secret(File.ReadAllText(PasswordFile)) : null;

    public DeploymentPipeline Compose(Action<DeploymentPipelineBuilder>? more = null, ILoggerFactory? logs = null)
    {
        var source = NpgsqlDataSource.Create(Password is { } password ? new NpgsqlConnectionStringBuilder(Address) { Password = password.Reveal() }.ConnectionString : Address);
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(new FakeTarget("web"))
            .Migrate(migrations => migrations
                .FromScripts(Scripts, source, options => options.Name = "shop-db")
                .RequireBackup(source, options => (options.Folder, options.Programs, options.Password, options.Timeout) = (Backups, Programs, Password, TimeSpan.FromMinutes(5))))
            .UseBlueGreen()
            .UseStore(new FileDeploymentStore(Store))
            .ConfigureEngine(engine => (engine.LeaseTerm, engine.SignalInterval) = (TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50)));
        more?.Invoke(pipeline);
        if (logs is not null)
        {
            pipeline.UseLogging(logs);
        }

        return pipeline.Build();
    }

    public async Task<DeploymentResult> DeployAsync(string version, Action<DeploymentPipelineBuilder>? more = null, ILoggerFactory? logs = null) =>
        await Compose(more, logs).DeployAsync(Release.Of("shop", version, Artifact.Process("true").In(Path.GetTempPath())));

    public Task<RehearsalReport> RehearseAsync(string backup) =>
        PostgreSqlRehearsal.RehearseAsync(Scripts, NpgsqlDataSource.Create(Address), options => (options.Backup, options.Programs, options.Password) = (backup, Programs, Password));

}
