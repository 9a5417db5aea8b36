using Deployment.Migrations;
using Deployment.Targets;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>Scripts without a transaction, whose statements and records are commits of their own.</summary>
[Category("PostgreSql")]
public sealed class AloneTests
{
    private const string Index = "-- transaction: none\nCREATE INDEX CONCURRENTLY users_name ON users (name);\n";
    private Database _database = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await Database.CreateAsync();
        await _database.RunAsync("CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL); CREATE TABLE runs (script text NOT NULL)");
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Apply_ConnectionEndsBeforeTheRecord_NeverRunsTheStatementAgainByItself()
    {
        Migration migration = await DyingAsync();

        for (int i = 0; i < 2; i++)
        {
            await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>()
                .WithMessage("001_x.expand, line 3: this statement was begun*`UPDATE deployment_migrations SET statements = 2 WHERE id = '001_x.expand'`*`UPDATE deployment_migrations SET begun = 1 WHERE id = '001_x.expand'`*");
        }

        (await RunsAsync("b")).Should().Be(1);
        await _database.RunAsync("UPDATE deployment_migrations SET statements = 2 WHERE id = '001_x.expand'");
        await ApplyAsync(migration);

        (await _database.AppliedAsync()).Should().Equal("001_x.expand");
        (await Task.WhenAll(RunsAsync("a"), RunsAsync("b"), RunsAsync("c"))).Should().Equal(1, 1, 1);
    }

    /// <summary>The control: without the record that it was begun, it is done twice.</summary>
    [Test]
    public async Task Apply_BegunIsNotKept_RunsTheStatementTwice()
    {
        Migration migration = await DyingAsync();
        await _database.RunAsync("UPDATE deployment_migrations SET begun = 1 WHERE id = '001_x.expand'");

        await ApplyAsync(migration);

        (await RunsAsync("b")).Should().Be(2);
    }

    [Test]
    public async Task Apply_DatabaseRefusedAStatement_GoesOnThereWithoutAPerson()
    {
        Migration migration = await ScriptAsync("-- transaction: none\nINSERT INTO runs VALUES ('a');\nINSERT INTO missing VALUES (1);\n");
        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand, line 3: *missing*");
        await _database.RunAsync("CREATE TABLE missing (id integer)");

        await ApplyAsync(migration);

        (await RunsAsync("a")).Should().Be(1);
        (await _database.AskAsync<long>("SELECT count(*) FROM missing")).Should().Be(1);
    }

    /// <summary>What it committed before it waited for a lock stays.</summary>
    [Test]
    public async Task Apply_ProcedureThatCommitsCannotHaveALock_IsNotRunAgainByItself()
    {
        await _database.RunAsync("INSERT INTO users VALUES (1, 'ada')");
        Migration migration = await ScriptAsync("-- transaction: none\nDO $$ BEGIN INSERT INTO runs VALUES ('a'); COMMIT; UPDATE users SET name = 'eve' WHERE id = 1; END $$;\n");
        await using NpgsqlConnection other = await _database.Source.OpenConnectionAsync();
        await using NpgsqlTransaction holding = await other.BeginTransactionAsync();
        await using (var held = new NpgsqlCommand("UPDATE users SET name = 'bob' WHERE id = 1", other, holding))
        {
            await held.ExecuteNonQueryAsync();
        }

        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand, line 2: this statement was begun*");
        await holding.RollbackAsync();
        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand, line 2: this statement was begun*");

        (await RunsAsync("a")).Should().Be(1);
    }

    [Test]
    public async Task Apply_StoppedHalfWayAndIsInATransactionNow_IsRefused()
    {
        Migration migration = await ScriptAsync("-- transaction: none\nINSERT INTO runs VALUES ('a');\nINSERT INTO missing VALUES (1);\n");
        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>();
        await _database.RunAsync("CREATE TABLE missing (id integer)");

        await FluentActions.Awaiting(() => ApplyAsync(migration with { RunsInTransaction = true, Checksum = new string('a', 64) })).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand stopped after 1 of its statements*was changed since*");

        (await RunsAsync("a")).Should().Be(1);
    }

    /// <summary>The session that goes on is another one.</summary>
    [TestCase("SET search_path = tenant")]
    [TestCase("SELECT set_config('search_path', 'tenant', false)")]
    public async Task Apply_StoppedBehindASetting_GoesOnWithIt(string setting)
    {
        await _database.RunAsync("CREATE SCHEMA tenant; CREATE TABLE tenant.runs (script text NOT NULL)");
        Migration migration = await ScriptAsync($"-- transaction: none\n{setting};\nINSERT INTO missing VALUES (1);\nINSERT INTO runs VALUES ('a');\n");
        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand, line 3: *missing*");
        await _database.RunAsync("CREATE TABLE tenant.missing (id integer)");

        await ApplyAsync(migration);

        (await RunsAsync("a")).Should().Be(0, "it is the other schema's");
        (await _database.AskAsync<long>("SELECT count(*) FROM tenant.runs")).Should().Be(1);
        (await _database.AppliedAsync()).Should().Equal("001_x.expand");
    }

    [Test]
    public async Task Apply_StoppedBehindATemporaryTable_IsRefused()
    {
        Migration migration = await ScriptAsync("-- transaction: none\nCREATE TEMP TABLE runs (script text);\nINSERT INTO missing VALUES (1);\nDELETE FROM runs;\n");
        await _database.RunAsync("INSERT INTO runs VALUES ('a')");
        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand, line 3: *missing*");
        await _database.RunAsync("CREATE TABLE missing (id integer)");

        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand, line 2: what this makes ended with the session*");

        (await RunsAsync("a")).Should().Be(1);
    }

    /// <summary>Nothing gives it a value, and 0 is a bad guess.</summary>
    [TestCase("DELETE FROM runs WHERE length(script) >= $1;", false)]
    [TestCase("CREATE FUNCTION one(a integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT $1; END;", true)]
    public async Task Apply_AParameterWithoutAValue_IsRefused(string statement, bool isItsOwn)
    {
        await _database.RunAsync("INSERT INTO runs VALUES ('a')");
        Migration migration = await ScriptAsync(statement + "\n");

        if (isItsOwn)
        {
            await ApplyAsync(migration);
            return;
        }

        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand, line 1: nothing gives $1 a value*");
        (await RunsAsync("a")).Should().Be(1);
    }

    /// <summary>It waits for a report's transaction, as making one does; a try that gave up would leave it dead to the planner.</summary>
    [Test]
    public async Task Apply_OldTransactionIsOpen_DroppingAnIndexWaitsForItWithoutGivingUp()
    {
        await _database.RunAsync("CREATE INDEX users_name ON users (name)");
        Migration migration = await ScriptAsync("-- transaction: none\nDROP INDEX CONCURRENTLY users_name;\n");
        await using NpgsqlConnection other = await _database.Source.OpenConnectionAsync();
        await using NpgsqlTransaction old = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("SELECT count(*) FROM users", other, old))
        {
            await command.ExecuteScalarAsync();
        }

        Task applying = _database.Migrator(options => (options.LockTimeout, options.LockPatience) = (TimeSpan.FromMilliseconds(50), TimeSpan.Zero)).ApplyAsync(migration, _database.Context, CancellationToken.None);
        long begin = TimeProvider.System.GetTimestamp();
        while (await _database.AskAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DROP INDEX CONC%' AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > interval '500 ms'") == 0)
        {
            applying.IsCompleted.Should().BeFalse(applying.Exception?.ToString() ?? "it waits");
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30));
            await Task.Delay(20);
        }

        await old.CommitAsync();
        await applying.WaitAsync(TimeSpan.FromSeconds(60));

        (await _database.AppliedAsync()).Should().Equal("001_x.expand");
    }

    /// <summary>A question that has to wait says nothing about what it asks about.</summary>
    [Test]
    public async Task Verify_SomebodyHoldsTheTable_AsksAgain()
    {
        _database.Script("001_x.expand.verify.sql", "-- expect: 0\nSELECT count(*) FROM users;\n");
        Migration migration = await ScriptAsync("INSERT INTO runs VALUES ('a');\n");
        await ApplyAsync(migration);
        await using NpgsqlConnection other = await _database.Source.OpenConnectionAsync();
        NpgsqlTransaction holding = await other.BeginTransactionAsync();
        await using (var held = new NpgsqlCommand("LOCK TABLE users IN ACCESS EXCLUSIVE MODE", other, holding))
        {
            await held.ExecuteNonQueryAsync();
        }

        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = new EffectContext("run-1", "step-1", 1, new RecordingCommandRunner(), _database.Context.Secrets, TimeProvider.System, _ => tried.TrySetResult());
        Task<string?> verifying = _database.Migrator(options => options.LockTimeout = TimeSpan.FromMilliseconds(50)).VerifyAsync(migration, context, CancellationToken.None);
        await Task.WhenAny(verifying, tried.Task).WaitAsync(TimeSpan.FromSeconds(30));
        await holding.RollbackAsync();

        (await verifying.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeNull();
        tried.Task.IsCompleted.Should().BeTrue("it could not have its lock at first");
    }

    [Test]
    public async Task Apply_StoppedHalfWayAndTheDatabaseHasTransactionsNow_IsRefused()
    {
        Migration migration = await ScriptAsync("-- transaction: none\nINSERT INTO runs VALUES ('a');\nINSERT INTO missing VALUES (1);\n");
        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>();
        await _database.RunAsync("CREATE TABLE missing (id integer)");

        await FluentActions.Awaiting(() => ApplyAsync(migration with { RunsInTransaction = true })).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand stopped after 1 of its statements*would begin anew*");

        (await RunsAsync("a")).Should().Be(1);
    }

    [TestCase("CREATE INDEX users_name ON users (id)", true)]
    [TestCase("CREATE INDEX users_name ON users (id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_name'::regclass", false)]
    public async Task Apply_IndexOfSomebodyElseIsThere_IsAnErrorAndLeavesIt(string there, bool isValid)
    {
        await _database.RunAsync(there);
        long oid = await _database.AskAsync<long>("SELECT 'users_name'::regclass::oid::bigint");
        Migration migration = await ScriptAsync(Index);

        for (int i = 0; i < 2; i++)
        {
            await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand, line 2: an index \"users_name\" is there already*did not make it*");
        }

        (await _database.AskAsync<long>($"SELECT count(*) FROM pg_index WHERE indexrelid = {oid} AND indisvalid = {isValid}")).Should().Be(1);
        (await _database.AppliedAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Apply_IndexWasMadeBeforeTheProcessDied_IsTakenAsDone()
    {
        Migration migration = await ScriptAsync(Index);
        await ApplyAsync(migration);
        long oid = await _database.AskAsync<long>("SELECT 'users_name'::regclass::oid::bigint");
        await _database.RunAsync("UPDATE deployment_migrations SET state = 'started', statements = 0, begun = 1");

        await ApplyAsync(migration);

        (await _database.AskAsync<long>("SELECT 'users_name'::regclass::oid::bigint")).Should().Be(oid);
        (await _database.AppliedAsync()).Should().Equal("001_x.expand");
    }

    /// <summary>What it left half made nobody would find by its name.</summary>
    [TestCase("CREATE INDEX CONCURRENTLY ON users (name)")]
    [TestCase("CREATE UNIQUE INDEX CONCURRENTLY ON users (name)")]
    public async Task Apply_IndexWithoutAName_IsRefusedBeforeAnything(string index)
    {
        Migration migration = await ScriptAsync($"-- transaction: none\nINSERT INTO runs VALUES ('a');\n{index};\n");

        (await _database.Migrator().ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().Match("001_x.expand.sql, line 3: *no name*");
        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand, line 3: *no name*");

        (await RunsAsync("a")).Should().Be(0);
        (await _database.AskAsync<long>("SELECT count(*) FROM pg_index WHERE indrelid = 'users'::regclass")).Should().Be(1, "the primary key's");
    }

    [Test]
    public async Task Apply_OldTransactionIsOpen_IndexWaitsForItWithoutGivingUp()
    {
        Migration migration = await ScriptAsync(Index);
        await using NpgsqlConnection other = await _database.Source.OpenConnectionAsync();
        await using NpgsqlTransaction old = await other.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using (var command = new NpgsqlCommand("SELECT count(*) FROM users", other, old))
        {
            await command.ExecuteScalarAsync();
        }

        List<string> told = [];
        var context = new EffectContext("run-1", "step-1", 1, new RecordingCommandRunner(), _database.Context.Secrets, TimeProvider.System, told.Add);
        Task applying = _database.Migrator(options => (options.LockTimeout, options.LockPatience) = (TimeSpan.FromMilliseconds(50), TimeSpan.Zero)).ApplyAsync(migration, context, CancellationToken.None);
        long begin = TimeProvider.System.GetTimestamp();
        while (await _database.AskAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > interval '500 ms'") == 0)
        {
            applying.IsCompleted.Should().BeFalse(applying.Exception?.ToString() ?? "the index waits");
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30));
            await Task.Delay(20);
        }

        await old.CommitAsync();
        await applying.WaitAsync(TimeSpan.FromSeconds(60));

        told.Should().BeEmpty();
        (await _database.AppliedAsync()).Should().Equal("001_x.expand");
    }

    [Test]
    public async Task Apply_RecordCantBeWritten_KeepsTheOneBefore()
    {
        _database.Script("R_x.sql", "-- transaction: none\nSELECT 1;\n");
        await ApplyAsync(await _database.FindAsync("R_x"));
        string before = await _database.AskAsync<string>("SELECT checksum FROM deployment_migrations");
        _database.Script("R_x.sql", "-- transaction: none\nSELECT 2;\n");
        await _database.RunAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $x$ BEGIN RAISE 'no room'; END $x$;
            CREATE TRIGGER refuse BEFORE INSERT ON deployment_migrations FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        Migration changed = await _database.FindAsync("R_x");

        await FluentActions.Awaiting(() => ApplyAsync(changed)).Should().ThrowAsync<Exception>().WithMessage("*no room*");

        (await _database.AskAsync<string>("SELECT checksum FROM deployment_migrations WHERE id = 'R_x'")).Should().Be(before);
    }

    /// <summary>A script whose second statement is committed, after which its connection ends once.</summary>
    private async Task<Migration> DyingAsync()
    {
        Migration migration = await ScriptAsync("""
            -- transaction: none
            INSERT INTO runs VALUES ('a');
            DO $$ BEGIN INSERT INTO runs VALUES ('b'); COMMIT; IF (SELECT count(*) FROM runs WHERE script = 'b') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; END $$;
            INSERT INTO runs VALUES ('c');

            """);
        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>();
        (await RunsAsync("b")).Should().Be(1);
        return migration;
    }

    private async Task<Migration> ScriptAsync(string text)
    {
        _database.Script("001_x.expand.sql", text);
        _database.Script("001_x.expand.undo.sql", "SELECT 1;\n");
        return await _database.FindAsync("001_x.expand");
    }

    private Task ApplyAsync(Migration migration) => _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);

    private Task<long> RunsAsync(string script) => _database.AskAsync<long>($"SELECT count(*) FROM runs WHERE script = '{script}'");
}
