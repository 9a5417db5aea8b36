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

/// <summary>So many small scripts, each applied under the lock, recorded in its own transaction and verified, beside psql that runs the same files and records nothing.</summary>
internal sealed class MigrateScripts(int scripts) : Benchmark(string.Create(CultureInfo.InvariantCulture, $"migrate-scripts-{scripts}"))
{
    private const int Rounds = 5;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        using PostgreSqlServer server = await PostgreSqlServer.StartAsync(disk.NewPath());
        string folder = Write(disk.NewPath());
        var migrator = new Samples();
        var psql = new Samples();
        // The first round warms both up.
        for (int round = 0; round <= Rounds; round++)
        {
            TimeSpan ours = await MigrateAsync(server, folder);
            TimeSpan theirs = await PsqlAsync(server, folder);
            if (round > 0)
            {
                migrator.Add(ours);
                psql.Add(theirs);
            }
        }

        yield return new Figure(Name, migrator.MedianMilliseconds, "ms", "psql with the same files, one process", psql.MedianMilliseconds);
    }

    private static async Task<TimeSpan> MigrateAsync(PostgreSqlServer server, string folder)
    {
        await using NpgsqlDataSource database = await server.CreateDatabaseAsync();
        var context = new EffectContext("benchmark", "step", 1, new RecordingCommandRunner(), new EnvironmentSecretStore(), TimeProvider.System);
        var migrator = new SqlMigrator(folder, database, new PostgreSqlDialect(database.ConnectionString));
        long begin = Clock.Now;
        foreach (Migration migration in (await migrator.ObserveAsync(CancellationToken.None)).Known)
        {
            await migrator.ApplyAsync(migration, context, CancellationToken.None);
            if (await migrator.VerifyAsync(migration, context, CancellationToken.None) is { } problem)
            {
                throw new BenchmarkException(problem);
            }
        }

        return Clock.Since(begin);
    }

    private static async Task<TimeSpan> PsqlAsync(PostgreSqlServer server, string folder)
    {
        await using NpgsqlDataSource database = await server.CreateDatabaseAsync();
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(file => new[] { "-f", file })];
        long begin = Clock.Now;
        await PostgreSqlServer.RunAsync(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", address.Host!, "-p", address.Port.ToString(CultureInfo.InvariantCulture), "-U", address.Username!, "-d", address.Database!, .. files]);
        return Clock.Since(begin);
    }

    private string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        for (int number = 1; number <= scripts; number++)
        {
            File.WriteAllText(
                Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:0000}_table.expand.sql")),
                string.Create(CultureInfo.InvariantCulture, $"-- undo: nothing it is measured alone\nCREATE TABLE table_{number} (id bigint PRIMARY KEY, name text NOT NULL);\n"));
        }

        return folder;
    }
}
