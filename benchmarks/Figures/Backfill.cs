using System.Globalization;
using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;
using Deployment.Migrations;
using Deployment.Providers.PostgreSql;
using Deployment.Secrets;
using Deployment.Sql;
using Deployment.Targets;
using Deployment.Testing;
using Npgsql;

namespace Deployment.Benchmarks.Figures;

/// <summary>A backfill in batches beside one UPDATE of all rows: rows a second, and the 99th percentile of writes of users meanwhile.</summary>
internal sealed class Backfill(int rows) : Benchmark(string.Create(CultureInfo.InvariantCulture, $"backfill-{rows}"))
{
    private const int Rounds = 3;
    private const int Users = 4;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        using PostgreSqlServer server = await PostgreSqlServer.StartAsync(disk.NewPath());
        string folder = disk.NewPath();
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "0001_email.backfill.sql"), "-- batch: users.id 1000\n-- undo: nothing the column goes with its expand\nUPDATE users SET email = lower(mail) WHERE id BETWEEN $1 AND $2;\n");
        (Samples Took, Samples Users) batches = (new Samples(), new Samples());
        (Samples Took, Samples Users) whole = (new Samples(), new Samples());
        var quiet = new Samples();
        for (int round = 0; round <= Rounds; round++)
        {
            bool counts = round > 0;
            await MeasureAsync(server, database => BatchesAsync(database, folder), counts ? batches : null);
            await MeasureAsync(server, database => WholeAsync(database), counts ? whole : null);
            await MeasureAsync(server, _ => Task.Delay(TimeSpan.FromSeconds(1)), counts ? (new Samples(), quiet) : null);
        }

        yield return new Figure($"{Name}, rows", rows / batches.Took.MedianSeconds, "rows/s", "one UPDATE", rows / whole.Took.MedianSeconds);
        if (whole.Users.Count < 100)
        {
            // One UPDATE of so few rows is over before users have written often enough.
            yield break;
        }

        yield return new Figure($"{Name}, p99 of users' writes", batches.Users.Percentile99Milliseconds, "ms", "the same during one UPDATE", whole.Users.Percentile99Milliseconds);
        yield return new Figure($"{Name}, p99 of users' writes beside none", batches.Users.Percentile99Milliseconds, "ms", "the same without a backfill", quiet.Percentile99Milliseconds);
    }

    private async Task MeasureAsync(PostgreSqlServer server, Func<NpgsqlDataSource, Task> fill, (Samples Took, Samples Users)? into)
    {
        await using NpgsqlDataSource database = await server.CreateDatabaseAsync();
        await RunAsync(database, string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL, email text); INSERT INTO users SELECT n, 'User' || n || '@example.org' FROM generate_series(1, {rows}) n; ANALYZE users"));
        await RunAsync(database, "CHECKPOINT");
        using var stop = new CancellationTokenSource();
        Task<List<TimeSpan>>[] users = [.. Enumerable.Range(0, Users).Select(user => WriteAsync(database, new Random(user), stop.Token))];
        long begin = Clock.Now;
        await fill(database);
        TimeSpan took = Clock.Since(begin);
        await stop.CancelAsync();
        into?.Took.Add(took);
        foreach (List<TimeSpan> seen in await Task.WhenAll(users))
        {
            into?.Users.AddRange(seen);
        }
    }

    private static async Task BatchesAsync(NpgsqlDataSource database, string folder)
    {
        var context = new EffectContext("benchmark", "step", 1, new RecordingCommandRunner(), new EnvironmentSecretStore(), TimeProvider.System);
        var migrator = new SqlMigrator(folder, database, new PostgreSqlDialect(database.ConnectionString));
        Migration migration = (await migrator.ObserveAsync(CancellationToken.None)).Known.Single();
        await migrator.ApplyAsync(migration, context, CancellationToken.None);
        await using NpgsqlCommand left = database.CreateCommand("SELECT count(*) FROM users WHERE email IS DISTINCT FROM lower(mail)");
        if ((long)(await left.ExecuteScalarAsync())! is > 0 and var missed)
        {
            throw new BenchmarkException($"{missed} rows were not filled.");
        }
    }

    private static Task WholeAsync(NpgsqlDataSource database) => RunAsync(database, "UPDATE users SET email = lower(mail)");

    /// <summary>A user who writes one row after the other, 500 a second at most.</summary>
    private async Task<List<TimeSpan>> WriteAsync(NpgsqlDataSource database, Random random, CancellationToken stop)
    {
        List<TimeSpan> took = [];
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var write = new NpgsqlCommand("UPDATE users SET mail = mail WHERE id = $1", connection) { Parameters = { new NpgsqlParameter<long>() } };
        while (!stop.IsCancellationRequested)
        {
            ((NpgsqlParameter<long>)write.Parameters[0]).TypedValue = 1 + random.Next(rows);
            long begin = Clock.Now;
            await write.ExecuteNonQueryAsync(CancellationToken.None);
            took.Add(Clock.Since(begin));
            await Task.Delay(2, CancellationToken.None);
        }

        return took;
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
