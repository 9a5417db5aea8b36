namespace Deployment.Providers.PostgreSql.Tests.Crashes;

/// <summary>A backfill whose processes are killed at random moments. Each row counts how often it was filled.</summary>
internal sealed class CrashedBackfill : IAsyncDisposable
{
    private const string Id = "001_email.backfill";

    // What a process needs until its first batch.
    private static readonly TimeSpan Start = TimeSpan.FromMilliseconds(400);
    private readonly Database _database;
    private readonly int _rows;

    private CrashedBackfill(Database database, int rows) => (_database, _rows) = (database, rows);

    /// <summary>After how many deaths a part of the table was filled that was not before.</summary>
    internal int Advances { get; private set; }

    internal int Deaths { get; private set; }

    /// <summary>Whether the progress is thrown away after each death.</summary>
    internal bool Forgets { get; init; }

    internal static async Task<CrashedBackfill> CreateAsync(int rows, bool forgets = false)
    {
        Database database = await Database.CreateAsync();
        await database.RunAsync($"""
            CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL, email text, filled integer NOT NULL DEFAULT 0);
            INSERT INTO users SELECT 3 * n, 'User' || n || '@example.org' FROM generate_series(1, {rows}) n;
            ANALYZE users;
            """);
        database.Script("001_email.backfill.sql", """
            -- batch: users.id 1000
            -- undo: nothing the column goes with its expand
            UPDATE users SET email = lower(mail), filled = filled + 1 WHERE id BETWEEN $1 AND $2;

            """);
        return new CrashedBackfill(database, rows) { Forgets = forgets };
    }

    /// <summary>Lets so many processes die; where one lives to the end before, the table is emptied and filled anew.</summary>
    internal async Task KillAsync(int deaths, int seed)
    {
        var random = new Random(seed);
        long begin = TimeProvider.System.GetTimestamp();
        await FinishAsync();
        TimeSpan window = Start + (2 * TimeProvider.System.GetElapsedTime(begin) / deaths);
        await EmptyAsync();
        long filled = 0;
        while (Deaths < deaths)
        {
            using MigratorProcess process = MigratorProcess.Start(_database.Address, _database.Folder);
            await process.SaysAsync($"begin {Id}");
            await Task.Delay(window * random.NextDouble());
            if (await process.KillAsync())
            {
                Deaths++;
                long now = await SettledAsync();
                Advances += now > filled ? 1 : 0;
                filled = now;
            }

            // One that was killed may have done all before.
            if ((await _database.AppliedAsync()).Length > 0)
            {
                await (Forgets ? Task.CompletedTask : CheckAsync());
                await EmptyAsync();
                filled = 0;
            }
        }
    }

    /// <summary>Lets one process live to its end.</summary>
    internal Task FinishAsync() => MigratorProcess.RunAsync(_database.Address, _database.Folder);

    /// <summary>Each row was filled once, with what belongs into it, and no lock is left.</summary>
    internal async Task CheckAsync()
    {
        (await FilledAsync("filled = 1")).Should().Be(_rows, "no row is left out or done twice");
        (await _database.AskAsync<string>("SELECT md5(string_agg(id || email, ',' ORDER BY id)) FROM users")).Should().Be(await _database.AskAsync<string>("SELECT md5(string_agg(id || lower(mail), ',' ORDER BY id)) FROM users"));
        (await _database.AppliedAsync()).Should().Equal(Id);
        (await _database.AskAsync<long>("SELECT count(*) FROM deployment_migrations_progress")).Should().Be(0);
        await Locks.NoneAreLeftAsync(_database);
    }

    internal Task<long> FilledTwiceAsync() => FilledAsync("filled > 1");

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private Task<long> FilledAsync(string condition) => _database.AskAsync<long>($"SELECT count(*) FROM users WHERE {condition}");

    /// <summary>What a dead process leaves: the rows up to the one on record are filled once, and no other is. Tells how many.</summary>
    private async Task<long> SettledAsync()
    {
        await Locks.NoneAreLeftAsync(_database);
        bool isKept = await _database.AskAsync<bool>("SELECT to_regclass('deployment_migrations_progress') IS NOT NULL");
        long last = isKept ? await _database.AskAsync<long>("SELECT coalesce(max(last::bigint), 0) FROM deployment_migrations_progress") : 0;
        if (Forgets)
        {
            await _database.RunAsync("DELETE FROM deployment_migrations_progress");
        }
        else if ((await _database.AppliedAsync()).Length == 0)
        {
            (await FilledAsync($"filled <> CASE WHEN id <= {last} THEN 1 ELSE 0 END")).Should().Be(0, "the record and the rows were written as one");
        }

        return await FilledAsync("filled > 0");
    }

    private async Task EmptyAsync()
    {
        await _database.RunAsync("UPDATE users SET filled = 0, email = NULL; DELETE FROM deployment_migrations; DELETE FROM deployment_migrations_progress");
        await _database.RunAsync("VACUUM ANALYZE users");
    }
}
