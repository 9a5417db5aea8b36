using Deployment.Migrations;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>Two releases that work on one table while its migrations come and go.</summary>
internal sealed class LoadScenario : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private readonly SyncedDatabase _synced;
    private readonly LoadShape _shape;
    private readonly int _operations;
    private readonly List<LoadRelease> _releases = [];

    private LoadScenario(SyncedDatabase synced, LoadShape shape, int operations) => (_synced, _shape, _operations) = (synced, shape, operations);

    internal LoadLedger Ledger { get; } = new();

    internal SyncedDatabase Synced => _synced;

    /// <summary>A table with rows that the old release wrote.</summary>
    internal static async Task<LoadScenario> CreateAsync(LoadShape shape, int rows, int operations)
    {
        SyncedDatabase synced = await SyncedDatabase.CreateAsync($"CREATE SCHEMA shop; CREATE TABLE shop.orders (id bigint PRIMARY KEY, {shape.Old}, version bigint NOT NULL DEFAULT 1)", shape.Columns);
        var scenario = new LoadScenario(synced, shape, operations);
        await using NpgsqlConnection connection = await synced.Database.Source.OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        for (int i = 0; i < rows; i++)
        {
            long id = scenario.Ledger.NextId();
            long value = scenario.Ledger.NextValue();
            await using var insert = new NpgsqlCommand(shape.OldSide.Insert, connection, transaction);
            insert.Parameters.AddWithValue("id", id);
            insert.Parameters.AddWithValue("value", value);
            scenario.Ledger.Wrote(id, (long)(await insert.ExecuteScalarAsync())!, value);
        }

        await transaction.CommitAsync();
        return scenario;
    }

    internal LoadRelease StartOld() => Start("The old release", _shape.OldSide);

    internal LoadRelease StartNew() => Start("The new release", _shape.NewSide);

    internal Task ApplyAsync(MigrationPhase phase) => _synced.ApplyAsync(phase);

    internal Task UndoAsync(MigrationPhase phase) => _synced.UndoAsync(phase);

    /// <summary>Lets the releases work for a while, counted in what they do.</summary>
    internal async Task WorkAsync()
    {
        long begin = TimeProvider.System.GetTimestamp();
        for (long until = Ledger.Operations + _operations; Ledger.Operations < until; await Task.Delay(10))
        {
            Ledger.Failures.Take(3).Should().BeEmpty("no query fails");
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(Limit);
        }
    }

    internal async Task StopAsync(LoadRelease release)
    {
        _releases.Remove(release);
        await release.StopAsync();
    }

    internal Task<IReadOnlyList<string>> LostInOldAsync() => LostAsync("the old column", _shape.OldSide);

    internal Task<IReadOnlyList<string>> LostInNewAsync() => LostAsync("the new column", _shape.NewSide);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_releases.Select(release => release.StopAsync()));
        await _synced.DisposeAsync();
    }

    private LoadRelease Start(string name, LoadSide side)
    {
        LoadRelease release = LoadRelease.Start(name, side, Ledger, _synced.Database.Source, _releases.Count + 1);
        _releases.Add(release);
        return release;
    }

    private async Task<IReadOnlyList<string>> LostAsync(string what, LoadSide side)
    {
        Dictionary<long, (long, long?)> rows = [];
        await using NpgsqlCommand command = _synced.Database.Source.CreateCommand(side.SelectAll);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            rows[row.GetInt64(0)] = (row.GetInt64(1), await row.IsDBNullAsync(2) ? null : row.GetInt64(2));
        }

        return Ledger.Lost(what, rows);
    }
}
