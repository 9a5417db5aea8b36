using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>A release that runs: several connections that write and read until it is stopped.</summary>
internal sealed class LoadRelease(string name, LoadSide side, LoadLedger ledger, NpgsqlDataSource source)
{
    private const int Connections = 4;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    internal static LoadRelease Start(string name, LoadSide side, LoadLedger ledger, NpgsqlDataSource source, int seed)
    {
        var release = new LoadRelease(name, side, ledger, source);
        release._running = Task.WhenAll(Enumerable.Range(0, Connections).Select(number => Task.Run(() => release.WorkAsync(new Random((seed * 100) + number)))));
        return release;
    }

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task WorkAsync(Random random)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await OneAsync(connection, random);
            }
            catch (Exception error) when (error is NpgsqlException or InvalidOperationException or InvalidCastException)
            {
                ledger.Failed(name, error);
            }
        }
    }

    private Task OneAsync(NpgsqlConnection connection, Random random) => random.Next(10) switch
    {
        0 => WriteAsync(connection, side.Insert, ledger.NextId()),
        1 or 2 => WriteAsync(connection, side.Upsert, Some(random)),
        < 6 => ReadAsync(connection, Some(random)),
        _ => WriteAsync(connection, side.Update, Some(random)),
    };

    /// <summary>Mostly among few rows, so that releases meet there.</summary>
    private long Some(Random random) => 1 + random.NextInt64(random.Next(2) == 0 ? 20 : ledger.LastId - 50);

    private async Task WriteAsync(NpgsqlConnection connection, string sql, long id)
    {
        long value = ledger.NextValue();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("id", id);
        command.Parameters.AddWithValue("value", value);
        if (await command.ExecuteScalarAsync() is long version)
        {
            ledger.Wrote(id, version, value);
        }
    }

    private async Task ReadAsync(NpgsqlConnection connection, long id)
    {
        await using var command = new NpgsqlCommand(side.Select, connection);
        command.Parameters.AddWithValue("id", id);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync();
        if (await row.ReadAsync())
        {
            ledger.Read(name, id, row.GetInt64(0), await row.IsDBNullAsync(1) ? null : row.GetInt64(1));
        }
    }
}
