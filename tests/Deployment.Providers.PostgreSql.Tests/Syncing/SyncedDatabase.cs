using Deployment.Migrations;
using Deployment.Sql;

namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>A database whose columns are kept in step by the scripts of one change.</summary>
internal sealed class SyncedDatabase(Database database) : IAsyncDisposable
{
    private const string Change = "001_synced";

    internal Database Database => database;

    internal static async Task<SyncedDatabase> CreateAsync(string schema, SyncedColumns columns)
    {
        Database database = await Database.CreateAsync();
        await database.RunAsync(schema);
        await columns.WriteAsync(database.Folder, Change, CancellationToken.None);
        return new SyncedDatabase(database);
    }

    internal static async Task<SyncedDatabase> ExpandedAsync(string schema, SyncedColumns columns)
    {
        SyncedDatabase synced = await CreateAsync(schema, columns);
        await synced.ApplyAsync(MigrationPhase.Expand);
        return synced;
    }

    internal async Task ApplyAsync(MigrationPhase phase, bool verifies = true)
    {
        Migration migration = await FindAsync(phase);
        await database.Migrator().ApplyAsync(migration, database.Context, CancellationToken.None);
        if (verifies)
        {
            (await database.Migrator().VerifyAsync(migration, database.Context, CancellationToken.None)).Should().BeNull();
        }
    }

    internal async Task UndoAsync(MigrationPhase phase) => await database.Migrator().UndoAsync(await FindAsync(phase), database.Context, CancellationToken.None);

    internal Task RunAsync(string sql) => database.RunAsync(sql);

    /// <summary>The rows of a query, each with its values behind one another.</summary>
    internal async Task<string> RowsAsync(string query) => await database.AskAsync<string>($"SELECT coalesce(string_agg(row::text, ' ' ORDER BY row::text), '') FROM ({query}) AS row");

    internal async Task<MigrationsSeen> ObserveAsync() => await database.Migrator().ObserveAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private Task<Migration> FindAsync(MigrationPhase phase) => database.FindAsync($"{Change}.{phase.ToString().ToLowerInvariant()}");
}
