using Deployment.Migrations;
using Deployment.Sql;
using Deployment.Targets;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>A database of a test's own, with a folder of scripts for it.</summary>
internal sealed class Database : IAsyncDisposable
{
    private Database(string address)
    {
        Address = address;
        Source = NpgsqlDataSource.Create(address);
    }

    internal string Address { get; }

    internal NpgsqlDataSource Source { get; }

    internal string Folder { get; } = Directory.CreateTempSubdirectory("scripts-").FullName;

    internal EffectContext Context { get; } = new("run-1", "step-1", 1, new RecordingCommandRunner(), new NoSecrets(), TimeProvider.System);

    internal static async Task<Database> CreateAsync() => new(await RealPostgreSql.CreateDatabaseAsync());

    internal void Script(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    internal SqlMigrator Migrator(Action<SqlMigratorOptions>? configure = null, NpgsqlDataSource? source = null, SqlDialect? dialect = null) =>
        new(Folder, source ?? Source, dialect ?? new PostgreSqlDialect(Address), options =>
        {
            options.Name = "shop";
            configure?.Invoke(options);
        });

    internal async Task<Migration> FindAsync(string id) => (await Migrator().ObserveAsync(CancellationToken.None)).Known.Single(migration => migration.Id == id);

    internal async Task RunAsync(string sql)
    {
        await using NpgsqlCommand command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    internal async Task<T> AskAsync<T>(string sql)
    {
        await using NpgsqlCommand command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal async Task<string[]> AppliedAsync() => [.. (await Migrator().ObserveAsync(CancellationToken.None)).Applied.Select(one => one.Id)];

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class NoSecrets : Secrets.ISecretStore
    {
        public Task<Secrets.Secret> GetAsync(string name, CancellationToken cancellationToken) => throw new DeploymentException($"There is no secret {name}.");
    }
}
