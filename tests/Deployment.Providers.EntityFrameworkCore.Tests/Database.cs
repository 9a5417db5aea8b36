using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Tests.Contexts;
using Deployment.Secrets;
using Deployment.Targets;
using Deployment.Tests;
using Npgsql;

namespace Deployment.Providers.EntityFrameworkCore.Tests;

/// <summary>A database of a test's own.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    private Database(string address)
    {
        Address = address;
        _source = NpgsqlDataSource.Create(address);
    }

    internal string Address { get; }

    internal List<string> Reports { get; } = [];

    internal EffectContext Context => new("run-1", "step-1", 1, new RecordingCommandRunner(), new EnvironmentSecretStore(), TimeProvider.System, Report);

    internal static async Task<Database> CreateAsync() => new(await RealPostgreSql.CreateDatabaseAsync());

    internal EfMigrator<ShopContext> Shop(Action<EfMigratorOptions>? configure = null) => Migrator(() => new ShopContext(Address), configure);

    internal static EfMigrator<TContext> Migrator<TContext>(Func<TContext> create, Action<EfMigratorOptions>? configure = null)
        where TContext : HandMadeContext => new(create, options =>
        {
            options.Name = "shop";
            configure?.Invoke(options);
        });

    internal static async Task<Migration> FindAsync(IMigrator migrator, string id) => (await migrator.ObserveAsync(CancellationToken.None)).Known.Single(migration => migration.Id == id);

    internal async Task ApplyAsync(IMigrator migrator, params string[] ids)
    {
        foreach (string id in ids)
        {
            await migrator.ApplyAsync(await FindAsync(migrator, id), Context, CancellationToken.None);
        }
    }

    internal async Task RunAsync(string sql)
    {
        await using NpgsqlCommand command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    internal async Task<T> AskAsync<T>(string sql)
    {
        await using NpgsqlCommand command = _source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal Task<NpgsqlConnection> OpenAsync() => _source.OpenConnectionAsync().AsTask();

    /// <summary>What EF Core's own history has.</summary>
    internal Task<string[]> AppliedAsync() => AskAsync<string[]>("SELECT coalesce(array_agg(\"MigrationId\"::text ORDER BY \"MigrationId\"), '{}') FROM \"__EFMigrationsHistory\"");

    internal Task<string[]> ColumnsAsync() => AskAsync<string[]>("SELECT coalesce(array_agg(column_name::text ORDER BY column_name), '{}') FROM information_schema.columns WHERE table_name = 'users'");

    /// <summary>All of the database as text: schema and rows. What pg_dump makes anew each time is left out.</summary>
    internal async Task<string> DumpAsync()
    {
        RealComponent.Require("pg_dump");
        var address = new NpgsqlConnectionStringBuilder(Address);
        CommandResult dump = await new CommandRunner(TimeProvider.System).RunAsync(
            Command.Of("pg_dump", "--inserts", $"--dbname=host={address.Host} port={address.Port} user={address.Username} dbname={address.Database}"), null, CancellationToken.None);
        dump.ExitCode.Should().Be(0, dump.Error);
        return string.Join('\n', dump.Output.Split('\n').Where(line => !line.StartsWith('\\')));
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private void Report(string text)
    {
        lock (Reports)
        {
            Reports.Add(text);
        }
    }
}
