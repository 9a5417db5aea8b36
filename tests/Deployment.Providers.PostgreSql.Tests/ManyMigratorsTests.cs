using System.Data.Common;
using Deployment.Migrations;
using Deployment.Sql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>Several migrators of one database at once, as replicas of a host that all start.</summary>
[Category("PostgreSql")]
public sealed class ManyMigratorsTests
{
    private const int Migrators = 8;
    private const int Rounds = 100;

    [Test]
    public async Task Apply_EightAtOnceHundredTimes_EachScriptRunsOnce()
    {
        await using Database database = await Database.CreateAsync();
        Migration[] scripts = await ScriptsAsync(database);
        for (int round = 0; round < Rounds; round++)
        {
            string[] problems = await RoundAsync(database, scripts, null);

            problems.Should().BeEmpty($"round {round}");
            (await RunsAsync(database)).Should().Equal([1, 1], $"round {round}");
            await BackAsync(database);
        }

        (await database.AskAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).Should().Be(0, "no lock is left");
    }

    /// <summary>The control: without the lock the same goes wrong.</summary>
    [Test]
    public async Task Apply_EightAtOnceWithoutTheLock_SomeRunTwiceOrFail()
    {
        await using Database database = await Database.CreateAsync();
        Migration[] scripts = await ScriptsAsync(database);
        int wrong = 0;
        for (int round = 0; round < Rounds && wrong == 0; round++)
        {
            string[] problems = await RoundAsync(database, scripts, new Unlocked(database.Address));
            wrong += problems.Length > 0 || !(await RunsAsync(database)).SequenceEqual([1, 1]) ? 1 : 0;
            await BackAsync(database);
        }

        wrong.Should().BePositive();
    }

    private static async Task<Migration[]> ScriptsAsync(Database database)
    {
        await database.RunAsync("CREATE TABLE runs (script text NOT NULL)");
        database.Script("001_one.expand.sql", "INSERT INTO runs VALUES ('one');\n");
        database.Script("001_one.expand.undo.sql", "DELETE FROM runs WHERE script = 'one';\n");
        database.Script("002_two.expand.sql", "-- transaction: none\nINSERT INTO runs VALUES ('two');\n");
        database.Script("002_two.expand.undo.sql", "DELETE FROM runs WHERE script = 'two';\n");
        Migration[] scripts = [await database.FindAsync("001_one.expand"), await database.FindAsync("002_two.expand")];
        // The table of what was applied, which each round empties.
        await database.Migrator().ApplyAsync(scripts[0], database.Context, CancellationToken.None);
        await BackAsync(database);
        return scripts;
    }

    private static async Task<string[]> RoundAsync(Database database, Migration[] scripts, SqlDialect? dialect)
    {
        using var begin = new Barrier(Migrators);
        string?[] problems = await Task.WhenAll(Enumerable.Range(0, Migrators).Select(_ => Task.Factory.StartNew(
            async () =>
            {
                begin.SignalAndWait();
                try
                {
                    foreach (Migration script in scripts)
                    {
                        await database.Migrator(dialect: dialect).ApplyAsync(script, database.Context, CancellationToken.None);
                    }

                    return null;
                }
                catch (Exception error) when (error is DeploymentException or DbException)
                {
                    return error.Message;
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
        return [.. problems.OfType<string>()];
    }

    private static async Task<long[]> RunsAsync(Database database) =>
        [await database.AskAsync<long>("SELECT count(*) FROM runs WHERE script = 'one'"), await database.AskAsync<long>("SELECT count(*) FROM runs WHERE script = 'two'")];

    private static Task BackAsync(Database database) => database.RunAsync("TRUNCATE runs; DELETE FROM deployment_migrations");

    /// <summary>The safeguard turned off: whoever asks for the lock has it.</summary>
    private sealed class Unlocked(string address) : PostgreSqlDialect(address)
    {
        public override Task<string?> TryLockAsync(DbConnection connection, string name, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public override Task<bool> HoldsLockAsync(DbConnection connection, DbTransaction? transaction, string name, CancellationToken cancellationToken) => Task.FromResult(true);

        public override Task<bool> UnlockAsync(DbConnection connection, string name, CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
