using Deployment.Migrations;
using Deployment.Providers.PostgreSql.Tests.Crashes;
using Deployment.Sql;
using Deployment.Targets;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>Filling a table in batches.</summary>
[Category("PostgreSql")]
public sealed class BackfillTests
{
    private const int Rows = 20_000;
    private Database _database = null!;
    private Migration _fill = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await Database.CreateAsync();
        await _database.RunAsync($"""
            CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL, email text, filled integer NOT NULL DEFAULT 0);
            INSERT INTO users SELECT 3 * n, 'user' || n || '@example.org' FROM generate_series(1, {Rows}) n;
            ANALYZE users;
            """);
        _database.Script("001_email.backfill.sql", """
            -- batch: users.id 500
            -- undo: nothing the column goes with its expand
            UPDATE users SET email = lower(mail), filled = filled + 1 WHERE id BETWEEN $1 AND $2;

            """);
        _fill = await _database.FindAsync("001_email.backfill");
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Apply_Batches_FillsEachRowOnceAndRecordsIt()
    {
        List<string> told = [];
        await _database.Migrator(options => options.BatchPause = TimeSpan.FromMilliseconds(40)).ApplyAsync(_fill, Context(told.Add), CancellationToken.None);

        await AllAreFilledOnceAsync();
        (await _database.AppliedAsync()).Should().Equal("001_email.backfill");
        (await _database.AskAsync<long>("SELECT count(*) FROM deployment_migrations_progress")).Should().Be(0);
        (await _database.AskAsync<long>("SELECT count(DISTINCT xmin::text) FROM users")).Should().Be(Rows / 500, "each batch was a transaction of its own");
        told.Should().Contain(text => System.Text.RegularExpressions.Regex.IsMatch(text, "^001_email.backfill: [0-9,]+ rows of about 20,000 \\([0-9]+%\\), about .+ left, [0-9,]+ rows a second\\.$"));
    }

    [Test]
    public async Task Apply_IsCancelledAtRandomMoments_GoesOnWhereItWas()
    {
        var random = new Random(11);
        int attempts = 0;
        while ((await _database.AppliedAsync()).Length == 0)
        {
            attempts++;
            using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(20, 400)));
            try
            {
                await _database.Migrator(options => options.BatchPause = TimeSpan.FromMilliseconds(20)).ApplyAsync(_fill, _database.Context, stop.Token);
            }
            catch (Exception error) when (stop.IsCancellationRequested && error is OperationCanceledException or DeploymentException)
            {
                // The next attempt goes on.
            }
        }

        attempts.Should().BeGreaterThan(2);
        await AllAreFilledOnceAsync();
    }

    [Test]
    public async Task Apply_SessionIsEndedAtRandomMoments_GoesOnWhereItWas()
    {
        var random = new Random(12);
        int ended = 0;
        while ((await _database.AppliedAsync()).Length == 0)
        {
            Task applying = _database.Migrator(options => options.BatchPause = TimeSpan.FromMilliseconds(10)).ApplyAsync(_fill, _database.Context, CancellationToken.None);
            await Task.WhenAny(applying, Task.Delay(random.Next(50, 300)));
            ended += (int)await _database.AskAsync<long>("SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory') AS ended");
            await applying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        ended.Should().BePositive();
        await AllAreFilledOnceAsync();
        await Locks.NoneAreLeftAsync(_database);
    }

    /// <summary>The control: where how far it came is not kept with the batch, rows are done twice.</summary>
    [Test]
    public async Task Apply_ProgressIsLost_RowsAreDoneTwice()
    {
        using var stop = new CancellationTokenSource();
        var context = Context(_ => stop.Cancel());
        await FluentActions.Awaiting(() => _database.Migrator(options => options.BatchPause = TimeSpan.FromMilliseconds(50)).ApplyAsync(_fill, context, stop.Token)).Should().ThrowAsync<OperationCanceledException>();
        await _database.RunAsync("DELETE FROM deployment_migrations_progress");

        await _database.Migrator().ApplyAsync(_fill, _database.Context, CancellationToken.None);

        (await _database.AskAsync<long>("SELECT count(*) FROM users WHERE filled > 1")).Should().BePositive();
    }

    [Test]
    public async Task Apply_QueryOfTheUserSaysWait_WaitsAndSaysWhy()
    {
        await _database.RunAsync("CREATE TABLE pressure (high boolean NOT NULL); INSERT INTO pressure VALUES (true)");
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task applying = _database.Migrator(options => options.ThrottleQuery = "SELECT high FROM pressure").ApplyAsync(_fill, Context(text => told.TrySetResult(text)), CancellationToken.None);

        (await told.Task.WaitAsync(TimeSpan.FromSeconds(30))).Should().Be("001_email.backfill waits: `SELECT high FROM pressure` says so.");
        (await _database.AskAsync<long>("SELECT count(*) FROM users WHERE filled > 0")).Should().Be(0);
        await _database.RunAsync("UPDATE pressure SET high = false");
        await applying.WaitAsync(TimeSpan.FromSeconds(60));

        await AllAreFilledOnceAsync();
    }

    [Test]
    public async Task Apply_ScriptWasChangedInTheMidst_IsRefused()
    {
        using var stop = new CancellationTokenSource();
        await FluentActions.Awaiting(() => _database.Migrator(options => options.BatchPause = TimeSpan.FromMilliseconds(50)).ApplyAsync(_fill, Context(_ => stop.Cancel()), stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        await FluentActions.Awaiting(() => _database.Migrator().ApplyAsync(_fill with { Checksum = new string('a', 64) }, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_email.backfill has filled * rows, up to the key *, and was changed since.*");
    }

    /// <summary>What a run has filled that was given up may have been taken back, and rows may have come behind its last key.</summary>
    [Test]
    public async Task Apply_AnotherRunGaveItUp_BeginsAnewAndLeavesNoRowOut()
    {
        await StopHalfWayAsync();
        await _database.RunAsync($"UPDATE users SET email = NULL; INSERT INTO users SELECT 3 * n, 'user' || n || '@example.org' FROM generate_series({Rows + 1}, {Rows + 500}) n");

        await _database.Migrator().ApplyAsync(_fill, new EffectContext("run-2", "step-1", 2, new RecordingCommandRunner(), _database.Context.Secrets, TimeProvider.System), CancellationToken.None);

        (await _database.AskAsync<long>("SELECT count(*) FROM users WHERE email IS NULL")).Should().Be(0);
    }

    [Test]
    public async Task Undo_StoppedHalfWay_TakesBackWhatItFilledAndThatItBegan()
    {
        await StopHalfWayAsync();
        Migration fill = _fill with { Undo = MigrationUndo.By("UPDATE users SET email = NULL, filled = 0;") };

        await _database.Migrator().UndoAsync(fill, _database.Context, CancellationToken.None);

        (await _database.AskAsync<long>("SELECT count(*) FROM users WHERE email IS NOT NULL")).Should().Be(0);
        (await _database.AskAsync<long>("SELECT count(*) FROM deployment_migrations_progress")).Should().Be(0);
        await _database.Migrator().ApplyAsync(_fill, _database.Context, CancellationToken.None);
        await AllAreFilledOnceAsync();
    }

    [Test]
    public async Task Apply_KeysAreNoNumbers_GoesThroughThemInTheirOrder()
    {
        await _database.RunAsync("""
            CREATE TABLE carts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), filled integer NOT NULL DEFAULT 0);
            INSERT INTO carts SELECT FROM generate_series(1, 2500);
            """);
        _database.Script("002_carts.backfill.sql", "-- batch: public.carts.id\n-- undo: nothing it counts\nUPDATE carts SET filled = filled + 1 WHERE id BETWEEN $1 AND $2;\n");

        await _database.Migrator().ApplyAsync(await _database.FindAsync("002_carts.backfill"), _database.Context, CancellationToken.None);

        (await _database.AskAsync<long>("SELECT count(*) FROM carts WHERE filled = 1")).Should().Be(2500);
    }

    [Test]
    public async Task Apply_TableIsEmpty_IsDoneAtOnce()
    {
        await _database.RunAsync("TRUNCATE users");

        await _database.Migrator().ApplyAsync(_fill, _database.Context, CancellationToken.None);

        (await _database.AppliedAsync()).Should().Equal("001_email.backfill");
    }

    private async Task StopHalfWayAsync()
    {
        using var stop = new CancellationTokenSource();
        await FluentActions.Awaiting(() => _database.Migrator(options => options.BatchPause = TimeSpan.FromMilliseconds(50)).ApplyAsync(_fill, Context(_ => stop.Cancel()), stop.Token)).Should().ThrowAsync<OperationCanceledException>();
        (await _database.AskAsync<long>("SELECT count(*) FROM users WHERE filled = 1")).Should().BeInRange(1, Rows - 1);
    }

    private async Task AllAreFilledOnceAsync()
    {
        (await _database.AskAsync<long>("SELECT count(*) FROM users WHERE filled = 1")).Should().Be(Rows, "no row is left out or done twice");
        (await _database.AskAsync<string>("SELECT md5(string_agg(id || email, ',' ORDER BY id)) FROM users")).Should().Be(await _database.AskAsync<string>("SELECT md5(string_agg(id || lower(mail), ',' ORDER BY id)) FROM users"));
    }

    private EffectContext Context(Action<string> report) => new("run-1", "step-1", 1, new RecordingCommandRunner(), _database.Context.Secrets, TimeProvider.System, report);
}
