using Deployment.Sql;

namespace Deployment.Providers.PostgreSql.Tests.Crashes;

/// <summary>A process is killed before, in and after every script of a folder, and the next one goes on.</summary>
[Category("PostgreSql")]
public sealed class ScriptCrashTests
{
    private static readonly string[] Scripts = ["001_users.expand", "002_index.expand", "003_name.expand", "R_names", "003_name.backfill", "003_name.contract"];

    [Test]
    public async Task Migrate_ProcessIsKilledAtEveryScript_EachIsDoneOnceAndNoLockIsLeft()
    {
        await using Database calm = await CreateAsync();
        await using Database database = await CreateAsync();
        var random = new Random(51);
        List<string> deaths = [];
        foreach (string script in Scripts)
        {
            foreach (string moment in new[] { "before", "in", "after" })
            {
                if (await DiesAsync(database, script, moment, random))
                {
                    deaths.Add($"{moment} {script}");
                }

                await Locks.NoneAreLeftAsync(database);
            }
        }

        await MigratorProcess.RunAsync(database.Address, database.Folder);
        await MigratorProcess.RunAsync(calm.Address, calm.Folder);

        deaths.Should().Contain(Scripts.Select(script => $"before {script}"));
        deaths.Should().Contain("in 001_users.expand").And.Contain("in 002_index.expand");
        (await StateAsync(database)).Should().Be(await StateAsync(calm), "{0} left what a process leaves that lives", string.Join(", ", deaths));
        (await database.AskAsync<string>("SELECT string_agg(script, ' ' ORDER BY script) FROM audit")).Should().Be("001 R");
        await Locks.NoneAreLeftAsync(database);
        TestContext.Out.WriteLine($"{deaths.Count} processes were killed: {string.Join(", ", deaths)}.");
    }

    private static async Task<Database> CreateAsync()
    {
        Database database = await Database.CreateAsync();
        await database.RunAsync("CREATE TABLE audit (script text NOT NULL)");
        database.Script("001_users.expand.sql", """
            CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, filled integer NOT NULL DEFAULT 0);
            INSERT INTO users SELECT n, 'user ' || n FROM generate_series(1, 20000) n;
            INSERT INTO audit VALUES ('001');
            SELECT pg_sleep(0.5);

            """);
        database.Script("001_users.expand.undo.sql", "DROP TABLE users;\n");
        database.Script("002_index.expand.sql", "-- transaction: none\nCREATE INDEX CONCURRENTLY users_name ON users (name);\n");
        database.Script("002_index.expand.undo.sql", "-- transaction: none\nDROP INDEX CONCURRENTLY users_name;\n");
        database.Script("R_names.sql", "CREATE OR REPLACE VIEW user_ids AS SELECT id FROM users;\nINSERT INTO audit VALUES ('R');\n");
        await SyncedColumns.Rename("users", new SyncedColumn("name", "text") { IsRequired = true }, "full_name").FilledBy("id", 100).LettingGo("users_name").WriteAsync(database.Folder, "003_name", CancellationToken.None);
        return database;
    }

    /// <summary>Whether the process was killed at its moment. What the one before was killed in may have been done all the same.</summary>
    private static async Task<bool> DiesAsync(Database database, string script, string moment, Random random)
    {
        if (moment != "before" && (await database.AppliedAsync()).Contains(script))
        {
            return false;
        }

        using MigratorProcess process = MigratorProcess.Start(database.Address, database.Folder, "stepwise");
        await using Npgsql.NpgsqlConnection? reader = moment == "in" && script == "002_index.expand" ? await ReaderAsync(database) : null;
        await process.SaysAsync($"{(moment == "after" ? "end" : "begin")} {script}");
        if (moment == "in")
        {
            await process.GoOnAsync();
            await (script switch
            {
                "001_users.expand" => RunsAsync(database, "SELECT pg_sleep%"),
                "002_index.expand" => RunsAsync(database, "CREATE INDEX CONC%"),
                _ => Task.Delay(random.Next(60)),
            });
        }

        return await process.KillAsync();
    }

    /// <summary>An index that is made beside writers waits for who has an older snapshot.</summary>
    private static async Task<Npgsql.NpgsqlConnection> ReaderAsync(Database database)
    {
        Npgsql.NpgsqlConnection reader = await database.Source.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users", reader);
        await command.ExecuteScalarAsync();
        return reader;
    }

    private static async Task RunsAsync(Database database, string statement)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (await database.AskAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '{statement}'") == 0)
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30));
            await Task.Delay(5);
        }
    }

    /// <summary>All that a database has: rows, columns, indexes, functions, triggers and records.</summary>
    private static Task<string> StateAsync(Database database) => database.AskAsync<string>("""
        SELECT concat_ws(E'\n',
            (SELECT md5(string_agg(u::text, ',' ORDER BY id)) FROM users u),
            (SELECT string_agg(table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable, ',' ORDER BY table_name, column_name) FROM information_schema.columns WHERE table_schema = 'public'),
            (SELECT string_agg(indexdef, ',' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'public'),
            (SELECT count(*) FROM pg_index WHERE NOT indisvalid),
            (SELECT string_agg(conname || pg_get_constraintdef(oid), ',' ORDER BY conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
            (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal),
            (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
            (SELECT string_agg(id || state || checksum, ',' ORDER BY id) FROM deployment_migrations),
            (SELECT count(*) FROM deployment_migrations_progress))
        """);
}
