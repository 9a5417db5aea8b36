using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Providers.PostgreSql.Tests.Crashes;
using Deployment.Sql;
using Deployment.Targets;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>Scripts against a real database.</summary>
[Category("PostgreSql")]
public sealed class SqlMigratorTests
{
    private const string Users = "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);\n";
    private Database _database = null!;

    [SetUp]
    public async Task CreateAsync() => _database = await Database.CreateAsync();

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Apply_Script_RunsItAndRecordsItInOneTransaction()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");

        await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);

        (await _database.AppliedAsync()).Should().Equal("001_users.expand");
        (await _database.AskAsync<long>("SELECT count(*) FROM users")).Should().Be(0);
        (await _database.AskAsync<string>("SELECT xmin::text FROM deployment_migrations")).Should().Be(await _database.AskAsync<string>("SELECT xmin::text FROM pg_class WHERE relname = 'users'"), "one transaction did both");
        (await _database.Migrator().VerifyAsync(migration, _database.Context, CancellationToken.None)).Should().BeNull();
        (await _database.Migrator().ProbeAsync(migration, _database.Context, CancellationToken.None)).Should().Be(ProbeResult.TookEffect);
    }

    [Test]
    public async Task Apply_Twice_RunsOnce()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");

        await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);
        await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);

        (await _database.AppliedAsync()).Should().ContainSingle();
    }

    [Test]
    public async Task Apply_FailsHalfWay_LeavesNothingAndNamesTheLine()
    {
        Expand("001_users", Users + "\nCREATE TABLE orders (id bigint PRIMARY KEY, usr bigint REFERENCES nobody);\n", "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");

        await _database.Awaiting(database => database.Migrator().ApplyAsync(migration, database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_users.expand, line 3: *\"nobody\" does not exist*");

        (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NULL")).Should().BeTrue();
        (await _database.AppliedAsync()).Should().BeEmpty();
        (await _database.Migrator().ProbeAsync(migration, _database.Context, CancellationToken.None)).Should().Be(ProbeResult.DidNotTakeEffect);
    }

    [Test]
    public async Task Undo_Applied_TakesScriptAndRecordBack()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");
        await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);

        await _database.Migrator().UndoAsync(migration, _database.Context, CancellationToken.None);
        await _database.Migrator().UndoAsync(migration, _database.Context, CancellationToken.None);

        (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NULL")).Should().BeTrue();
        (await _database.AppliedAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Apply_BodyInStandardSqlAndDollarQuotes_RunsAsOneStatementEach()
    {
        Expand(
            "001_functions",
            """
            CREATE FUNCTION one() RETURNS integer LANGUAGE SQL BEGIN ATOMIC SELECT 1; SELECT 2; END;
            CREATE FUNCTION two() RETURNS text LANGUAGE plpgsql AS $x$ BEGIN RETURN ';--'';'; END $x$;

            """,
            "DROP FUNCTION one(), two();\n");

        await _database.Migrator().ApplyAsync(await _database.FindAsync("001_functions.expand"), _database.Context, CancellationToken.None);

        (await _database.AskAsync<int>("SELECT one()")).Should().Be(2);
        (await _database.AskAsync<string>("SELECT two()")).Should().Be(";--';");
    }

    [Test]
    public async Task Apply_TableIsLocked_GivesUpItsPlaceInTheQueueAndTriesAgain()
    {
        await _database.RunAsync(Users);
        Expand("001_email", "ALTER TABLE users ADD COLUMN email text;\n", "ALTER TABLE users DROP COLUMN email;\n");
        Migration migration = await _database.FindAsync("001_email.expand");
        await using NpgsqlConnection other = await _database.Source.OpenConnectionAsync();
        await using NpgsqlTransaction holding = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("LOCK TABLE users IN ACCESS SHARE MODE", other, holding))
        {
            await command.ExecuteNonQueryAsync();
        }

        List<string> reports = [];
        var gaveUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = new EffectContext("run-1", "step-1", 1, new RecordingCommandRunner(), _database.Context.Secrets, TimeProvider.System, text =>
        {
            reports.Add(text);
            gaveUp.TrySetResult();
        });
        Task applying = _database.Migrator(options => options.LockTimeout = TimeSpan.FromMilliseconds(50)).ApplyAsync(migration, context, CancellationToken.None);
        await gaveUp.Task.WaitAsync(TimeSpan.FromSeconds(30));
        applying.IsCompleted.Should().BeFalse();
        await holding.CommitAsync();
        await applying.WaitAsync(TimeSpan.FromSeconds(60));

        reports[0].Should().Contain("could not have its locks within 00:00:00.05");
        (await _database.AppliedAsync()).Should().Equal("001_email.expand");
    }

    [Test]
    public async Task Apply_LocksCanNeverBeHad_SaysSoAndChangesNothing()
    {
        await _database.RunAsync(Users);
        Expand("001_email", "ALTER TABLE users ADD COLUMN email text;\n", "ALTER TABLE users DROP COLUMN email;\n");
        Migration migration = await _database.FindAsync("001_email.expand");
        await using NpgsqlConnection other = await _database.Source.OpenConnectionAsync();
        await using NpgsqlTransaction holding = await other.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("LOCK TABLE users IN ACCESS SHARE MODE", other, holding);
        await command.ExecuteNonQueryAsync();

        await FluentActions.Awaiting(() => _database.Migrator(options => (options.LockTimeout, options.LockPatience) = (TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)))
                .ApplyAsync(migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_email.expand could not have its locks for 00:00:00.2*lock timeout*");
        (await _database.AppliedAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Apply_IndexConcurrentlyFails_ResumesByDroppingTheInvalidOne()
    {
        await _database.RunAsync(Users + "INSERT INTO users VALUES (1, 'a'), (2, 'a')");
        Expand(
            "001_index",
            "-- transaction: none\nCREATE INDEX CONCURRENTLY users_id ON users (id);\nCREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name);\n",
            "-- transaction: none\nDROP INDEX CONCURRENTLY IF EXISTS users_name;\nDROP INDEX CONCURRENTLY IF EXISTS users_id;\n");
        Migration migration = await _database.FindAsync("001_index.expand");

        await FluentActions.Awaiting(() => _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_index.expand, line 3: *could not create unique index*");
        (await _database.AskAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_name'::regclass")).Should().BeFalse();
        (await _database.AppliedAsync()).Should().BeEmpty("half of it is not all of it");

        await _database.RunAsync("UPDATE users SET name = 'b' WHERE id = 2");
        await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);

        (await _database.AskAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_name'::regclass")).Should().BeTrue();
        (await _database.AppliedAsync()).Should().Equal("001_index.expand");
    }

    [Test]
    public async Task Undo_IndexConcurrentlyHalfMade_TakesAllOfItBack()
    {
        await _database.RunAsync(Users + "INSERT INTO users VALUES (1, 'a'), (2, 'a')");
        Expand(
            "001_index",
            "-- transaction: none\nCREATE INDEX CONCURRENTLY users_id ON users (id);\nCREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name);\n",
            "-- transaction: none\nDROP INDEX CONCURRENTLY IF EXISTS users_name;\nDROP INDEX CONCURRENTLY IF EXISTS users_id;\n");
        Migration migration = await _database.FindAsync("001_index.expand");
        await FluentActions.Awaiting(() => _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None)).Should().ThrowAsync<DeploymentException>();

        await _database.Migrator().UndoAsync(migration, _database.Context, CancellationToken.None);

        (await _database.AskAsync<long>("SELECT count(*) FROM pg_indexes WHERE tablename = 'users'")).Should().Be(1, "the primary key's");
        (await _database.AskAsync<long>("SELECT count(*) FROM deployment_migrations")).Should().Be(0);
    }

    [Test]
    public async Task Apply_EightMigratorsAtOnce_EachScriptRunsOnce()
    {
        Expand("001_counter", "CREATE TABLE runs (script text NOT NULL);\n", "DROP TABLE runs;\n");
        Expand("002_count", "INSERT INTO runs VALUES ('002');\n", "DELETE FROM runs;\n");
        Migration[] all = [await _database.FindAsync("001_counter.expand"), await _database.FindAsync("002_count.expand")];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            foreach (Migration migration in all)
            {
                await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);
            }
        }));

        (await _database.AskAsync<long>("SELECT count(*) FROM runs")).Should().Be(1);
        (await _database.AskAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).Should().Be(0, "no lock is left");
    }

    [Test]
    public async Task Observe_ScriptWasChanged_ShowsTheDifference()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        await _database.Migrator().ApplyAsync(await _database.FindAsync("001_users.expand"), _database.Context, CancellationToken.None);
        Expand("001_users", Users.Replace("name text", "name varchar(10)"), "DROP TABLE users;\n");

        MigrationsSeen seen = await _database.Migrator().ObserveAsync(CancellationToken.None);

        seen.Problems.Should().ContainSingle().Which.Should().Contain("001_users.expand.sql was changed since it ran:")
            .And.Contain("-CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);").And.Contain("+CREATE TABLE users (id bigint PRIMARY KEY, name varchar(10) NOT NULL);");
    }

    /// <summary>What it filled went with the column, and it would not run again.</summary>
    [Test]
    public async Task Observe_TheExpandOfABackfillWasUndoneByHand_IsAProblem()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        _database.Script("001_users.backfill.sql", "-- undo: nothing It goes with the table.\nUPDATE users SET name = 'x' WHERE name IS NULL;\n");
        foreach (string id in new[] { "001_users.expand", "001_users.backfill" })
        {
            await _database.Migrator().ApplyAsync(await _database.FindAsync(id), _database.Context, CancellationToken.None);
        }

        (await _database.Migrator().ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
        await RunByHandAsync((await _database.FindAsync("001_users.expand")).Undo!.Commands);

        (await _database.Migrator().ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should()
            .StartWith("The database has 001_users.backfill on record, and not 001_users.expand, which it fills: was that undone by hand?");
    }

    [Test]
    public async Task Observe_LineEndingsChanged_IsTheSameScript()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        await _database.Migrator().ApplyAsync(await _database.FindAsync("001_users.expand"), _database.Context, CancellationToken.None);
        Expand("001_users", Users.ReplaceLineEndings("\r\n"), "DROP TABLE users;\r\n");

        (await _database.Migrator().ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Apply_DatabaseWithABaseline_RecordsWhatItHas()
    {
        await _database.RunAsync(Users);
        Expand("001_users", Users, "DROP TABLE users;\n");
        Expand("002_email", "ALTER TABLE users ADD COLUMN email text;\n", "ALTER TABLE users DROP COLUMN email;\n");
        SqlMigrator migrator = _database.Migrator(options => options.Baseline = 1);
        (await migrator.ObserveAsync(CancellationToken.None)).Applied.Select(one => one.Id).Should().Equal("001_users.expand");

        await migrator.ApplyAsync(await _database.FindAsync("002_email.expand"), _database.Context, CancellationToken.None);

        (await _database.AppliedAsync()).Should().Equal("001_users.expand", "002_email.expand");
    }

    [Test]
    public async Task Apply_TableOfMigrationsIsEmpty_RecordsTheBaseline()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        await _database.Migrator().ApplyAsync(await _database.FindAsync("001_users.expand"), _database.Context, CancellationToken.None);
        await _database.RunAsync("DELETE FROM deployment_migrations");
        Expand("002_email", "ALTER TABLE users ADD COLUMN email text;\n", "ALTER TABLE users DROP COLUMN email;\n");
        SqlMigrator migrator = _database.Migrator(options => options.Baseline = 1);

        await migrator.ApplyAsync(await _database.FindAsync("002_email.expand"), _database.Context, CancellationToken.None);

        (await _database.AppliedAsync()).Should().Equal("001_users.expand", "002_email.expand");
    }

    [Test]
    public async Task Observe_AdoptedScriptIsDangerous_IsNoProblem()
    {
        Expand("001_index", "CREATE INDEX users_name ON users (name);\n", "SELECT 1;\n");

        (await _database.Migrator().ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().Contain("index-not-concurrent");
        (await _database.Migrator(options => options.Baseline = 1).ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Undo_AnotherRunAppliedIt_IsRefusedAndKeepsIt()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");
        await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);
        var other = new EffectContext("run-2", "step-1", 2, new RecordingCommandRunner(), _database.Context.Secrets, TimeProvider.System);
        await _database.Migrator().ApplyAsync(migration, other, CancellationToken.None);

        await FluentActions.Awaiting(() => _database.Migrator().UndoAsync(migration, other, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_users.expand is not undone: the run run-1 applied it, not this one.*");

        (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NOT NULL")).Should().BeTrue();
        (await _database.AppliedAsync()).Should().Equal("001_users.expand");
    }

    [Test]
    public async Task Undo_AskedForByAPerson_UndoesWhatThatRunApplied()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");
        await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);
        var other = new EffectContext("run-2", "step-1", 2, new RecordingCommandRunner(), _database.Context.Secrets, TimeProvider.System);

        await FluentActions.Awaiting(() => _database.Migrator().UndoAsync(migration with { AppliedBy = "run-3" }, other, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_users.expand is not undone: the run run-1 applied it, not run run-3.*");
        await _database.Migrator().UndoAsync(migration with { AppliedBy = "run-1" }, other, CancellationToken.None);

        (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NULL")).Should().BeTrue();
        (await _database.AppliedAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Observe_DatabaseOfFlyway_TakesOverItsVersions()
    {
        await _database.RunAsync("""
            CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL,
                checksum integer, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), execution_time integer NOT NULL, success boolean NOT NULL);
            INSERT INTO flyway_schema_history VALUES (1, '1', 'users', 'SQL', 'V1__users.sql', 0, 'ann', now(), 1, true), (2, NULL, 'view', 'SQL', 'R__view.sql', 0, 'ann', now(), 1, true);
            """);
        Expand("001_users", Users, "DROP TABLE users;\n");
        Expand("002_email", "ALTER TABLE users ADD COLUMN email text;\n", "ALTER TABLE users DROP COLUMN email;\n");

        (await _database.AppliedAsync()).Should().Equal("001_users.expand");
    }

    [Test]
    public async Task Apply_ConnectionIsEndedInTheMiddle_NothingIsRecordedAndNoLockIsLeft()
    {
        Expand("001_users", Users + "SELECT pg_terminate_backend(pg_backend_pid());\n", "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");

        await FluentActions.Awaiting(() => _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None)).Should().ThrowAsync<DeploymentException>();

        (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NULL")).Should().BeTrue();
        (await _database.AppliedAsync()).Should().BeEmpty();
        await Locks.NoneAreLeftAsync(_database);
    }

    [TestCase("transaction", true)]
    [TestCase("session", false)]
    public async Task Apply_BehindAPooler_IsRefusedWhereALockIsVoid(string mode, bool isRefused)
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");
        await using Pooler pooler = await Pooler.StartAsync(mode);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(pooler.AddressOf(_database.Address));

        Func<Task> applying = () => _database.Migrator(source: source).ApplyAsync(migration, _database.Context, CancellationToken.None);

        if (isRefused)
        {
            await applying.Should().ThrowAsync<DeploymentException>().WithMessage("A pooler of transactions stands before the database*");
            (await _database.AppliedAsync()).Should().BeEmpty();
        }
        else
        {
            await applying();
            (await _database.AppliedAsync()).Should().Equal("001_users.expand");
        }
    }

    [Test]
    public async Task Commands_ByHand_DoTheSame()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        Expand("000_first", "SELECT 1;\n", "SELECT 1;\n");
        Migration migration = await _database.FindAsync("001_users.expand");
        await _database.Migrator().ApplyAsync(await _database.FindAsync("000_first.expand"), _database.Context, CancellationToken.None);
        await _database.RunAsync("DELETE FROM deployment_migrations");

        await RunByHandAsync(migration.Commands);
        (await _database.AppliedAsync()).Should().Equal("001_users.expand");
        (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NOT NULL")).Should().BeTrue();
        await RunByHandAsync(migration.Undo!.Commands);
        (await _database.AppliedAsync()).Should().BeEmpty();
        (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NULL")).Should().BeTrue();
        migration.Commands.Should().ContainSingle().Which.Should().StartWith("psql -X -v 'ON_ERROR_STOP=1' --single-transaction -f ").And.Contain("INSERT INTO deployment_migrations");
    }

    /// <summary>Nobody has made the table before.</summary>
    [Test]
    public async Task Commands_ByHandOnAFreshDatabase_DoTheSame()
    {
        Expand("001_users", Users, "DROP TABLE users;\n");
        _database.Script("002_index.expand.sql", "-- transaction: none\nCREATE INDEX CONCURRENTLY users_name ON users (name);\n");
        _database.Script("002_index.expand.undo.sql", "-- transaction: none\nDROP INDEX CONCURRENTLY users_name;\n");

        foreach (string id in new[] { "001_users.expand", "002_index.expand" })
        {
            await RunByHandAsync((await _database.FindAsync(id)).Commands);
        }

        (await _database.AppliedAsync()).Should().Equal("001_users.expand", "002_index.expand");
        (await _database.Migrator().ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
        _database.Script("R_names.sql", "CREATE OR REPLACE VIEW names AS SELECT name FROM users;\n");
        await RunByHandAsync((await _database.FindAsync("R_names")).Commands);
        // It changed, and left the session with a path of its own.
        _database.Script("R_names.sql", "CREATE OR REPLACE VIEW names AS SELECT name, name AS nick FROM users;\nSELECT set_config('search_path', '', false);\n");
        await RunByHandAsync((await _database.FindAsync("R_names")).Commands);
        (await _database.AskAsync<string>("SELECT checksum FROM deployment_migrations WHERE id = 'R_names'")).Should().Be((await _database.FindAsync("R_names")).Checksum);
        await RunByHandAsync((await _database.FindAsync("002_index.expand")).Undo!.Commands);
        (await _database.AppliedAsync()).Should().Equal("001_users.expand");
    }

    /// <summary>As a person would, with what the plan says beforehand.</summary>
    private async Task RunByHandAsync(IReadOnlyList<string> commands)
    {
        string script = string.Join('\n', _database.Migrator().Prerequisites.SelectMany(needed => needed.Commands).Concat(commands));
        CommandResult result = await new CommandRunner(TimeProvider.System).RunAsync(Command.Of("sh", "-ec", script), null, CancellationToken.None);
        result.ExitCode.Should().Be(0, result.Output);
    }

    private void Expand(string name, string text, string undo)
    {
        _database.Script($"{name}.expand.sql", text);
        _database.Script($"{name}.expand.undo.sql", undo);
    }
}
