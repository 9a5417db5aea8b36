using System.Data.Common;
using Deployment.Migrations;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>A connection that is lost while the database still commits.</summary>
[Category("PostgreSql")]
public sealed class LostCommitTests
{
    private Database _database = null!;
    private Migration _migration = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await Database.CreateAsync();
        // The commit waits for the gate, whoever cancels it.
        await _database.RunAsync("""
            CREATE TABLE gate (open boolean NOT NULL);
            INSERT INTO gate VALUES (false);
            CREATE TABLE runs (script text NOT NULL);
            CREATE FUNCTION wait_for_gate() RETURNS trigger LANGUAGE plpgsql AS $x$
            BEGIN
                WHILE NOT (SELECT open FROM gate) LOOP
                    BEGIN
                        PERFORM pg_sleep(0.01);
                    EXCEPTION WHEN query_canceled THEN
                    END;
                END LOOP;
                RETURN NULL;
            END $x$;
            CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON runs DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_for_gate();
            """);
        _database.Script("001_x.expand.sql", "INSERT INTO runs VALUES ('x');\n");
        _database.Script("001_x.expand.undo.sql", "DELETE FROM runs;\n");
        _migration = await _database.FindAsync("001_x.expand");
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Apply_CommitGoesOnAfterTheConnectionIsLost_WaitsForItAndKnows()
    {
        await using NpgsqlDataSource source = Impatient();
        var dialect = new Watched(_database.Address, isLocked: true);
        Task applying = _database.Migrator(source: source, dialect: dialect).ApplyAsync(_migration, _database.Context, CancellationToken.None);
        await Task.WhenAny(applying, dialect.Waits).WaitAsync(TimeSpan.FromSeconds(60));
        applying.IsCompleted.Should().BeFalse(applying.Exception?.ToString() ?? "nobody knows yet");
        await _database.RunAsync("UPDATE gate SET open = true");
        await applying.WaitAsync(TimeSpan.FromSeconds(60));

        (await _database.AppliedAsync()).Should().Equal("001_x.expand");
    }

    /// <summary>The control: who asks without the lock hears that nothing was committed, and then it is.</summary>
    [Test]
    public async Task Apply_AsksWithoutTheLock_IsToldWrong()
    {
        await using NpgsqlDataSource source = Impatient();
        await FluentActions.Awaiting(() => _database.Migrator(source: source, dialect: new Watched(_database.Address, isLocked: false)).ApplyAsync(_migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand was not committed: *");
        await _database.RunAsync("UPDATE gate SET open = true");

        long begin = TimeProvider.System.GetTimestamp();
        while ((await _database.AppliedAsync()).Length == 0)
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30), "it is committed after all");
            await Task.Delay(20);
        }
    }

    [Test]
    public async Task Apply_CommitIsRefused_SaysSoAtOnce()
    {
        await _database.RunAsync("CREATE OR REPLACE FUNCTION wait_for_gate() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN RAISE 'not today'; END $x$");

        await FluentActions.Awaiting(() => _database.Migrator(options => options.MigratorPatience = TimeSpan.Zero).ApplyAsync(_migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand was not committed: *not today*");
    }

    private NpgsqlDataSource Impatient() => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.Address) { CommandTimeout = 1, CancellationTimeout = -1 }.ToString());

    /// <summary>Tells when somebody waits for the lock; or gives it to whoever asks.</summary>
    private sealed class Watched(string address, bool isLocked) : PostgreSqlDialect(address)
    {
        private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task Waits => _waits.Task;

        public override async Task<string?> TryLockAsync(DbConnection connection, string name, CancellationToken cancellationToken)
        {
            string? holder = isLocked ? await base.TryLockAsync(connection, name, cancellationToken) : null;
            if (holder is not null)
            {
                _waits.TrySetResult();
            }

            return holder;
        }

        public override Task<bool> HoldsLockAsync(DbConnection connection, DbTransaction? transaction, string name, CancellationToken cancellationToken) => isLocked ? base.HoldsLockAsync(connection, transaction, name, cancellationToken) : Task.FromResult(true);

        public override Task<bool> UnlockAsync(DbConnection connection, string name, CancellationToken cancellationToken) => isLocked ? base.UnlockAsync(connection, name, cancellationToken) : Task.FromResult(true);
    }
}
