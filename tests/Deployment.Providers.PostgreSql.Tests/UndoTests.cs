using Deployment.Migrations;
using Deployment.Targets;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>Undos that stop half way, and what rests on what is undone.</summary>
[Category("PostgreSql")]
public sealed class UndoTests
{
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
    public async Task Undo_WithoutATransactionFailsHalfWay_IsKnownAndGoesOn()
    {
        Migration migration = await AloneAsync("-- transaction: none\nINSERT INTO runs VALUES ('undone');\nDELETE FROM missing;\n");
        await ApplyAsync(migration);

        await FluentActions.Awaiting(() => UndoAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("The undo of 001_x.expand, line 3: *missing*");

        await IsHalfUndoneAsync(migration);
        await _database.RunAsync("CREATE TABLE missing (id integer)");
        await UndoAsync(migration);
        (await _database.AppliedAsync()).Should().BeEmpty();
        (await _database.Migrator().ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Undo_ProcessDiesInTheMiddle_IsKnownAndGoesOn()
    {
        Migration migration = await AloneAsync("-- transaction: none\nINSERT INTO runs VALUES ('undone');\nSELECT pg_terminate_backend(pg_backend_pid()) WHERE (SELECT count(*) FROM runs WHERE script = 'undone') = 1;\n");
        await ApplyAsync(migration);

        await FluentActions.Awaiting(() => UndoAsync(migration)).Should().ThrowAsync<DeploymentException>();

        await IsHalfUndoneAsync(migration);
        await UndoAsync(migration);
        (await _database.AppliedAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Undo_AViewRestsOnIt_NamesTheRepeatableScriptAndChangesNothing()
    {
        Migration migration = await EmailAsync("ALTER TABLE users DROP COLUMN email;\n");

        await FluentActions.Awaiting(() => UndoAsync(migration)).Should().ThrowAsync<DeploymentException>()
            .WithMessage("The undo of 001_email.expand, line 1: *cannot drop column email of table users*The repeatable script R_mails speaks of that.*drop it by hand*");

        (await _database.AppliedAsync()).Should().Equal("001_email.expand", "R_other", "R_mails");
        (await _database.AskAsync<long>("SELECT count(*) FROM mails")).Should().Be(0, "all of it stays");
    }

    /// <summary>The undo takes the view with it, or leaves a function that doesn't work any more: whoever needs it makes it again.</summary>
    [Test]
    public async Task Undo_TakesWithItWhatARepeatableScriptMade_LetsThatScriptRunAgain()
    {
        Migration migration = await EmailAsync("ALTER TABLE users DROP COLUMN email CASCADE;\n");

        await UndoAsync(migration);

        (await _database.AppliedAsync()).Should().BeEmpty("the view is gone");
        await ApplyAsync(migration);
        await ApplyAsync(await _database.FindAsync("R_other"));
        await ApplyAsync(await _database.FindAsync("R_mails"));
        (await _database.AskAsync<long>("SELECT count(*) FROM mails")).Should().Be(0);
    }

    [Test]
    public async Task Undo_RepeatableScriptRanBefore_KeepsItsRecord()
    {
        _database.Script("R_names.sql", "CREATE OR REPLACE VIEW names AS SELECT name FROM users;\n");
        await ApplyAsync(await _database.FindAsync("R_names"));
        Migration migration = await AloneAsync("SELECT 1;\n");
        await ApplyAsync(migration);

        await UndoAsync(migration);

        (await _database.AppliedAsync()).Should().Equal("R_names");
    }

    private async Task IsHalfUndoneAsync(Migration migration)
    {
        MigrationsSeen seen = await _database.Migrator().ObserveAsync(CancellationToken.None);
        seen.Problems.Should().ContainSingle().Which.Should().StartWith("The undo of 001_x.expand stopped half way").And.Contain("deployment_migrations");
        seen.Applied.Select(one => one.Id).Should().Equal(["001_x.expand"], "its undo can still be planned");
        (await _database.Migrator().ProbeAsync(migration, _database.Context, CancellationToken.None)).Should().Be(ProbeResult.Unknown);
        (await _database.Migrator().VerifyAsync(migration, _database.Context, CancellationToken.None)).Should().Contain("The undo of 001_x.expand stopped half way");
        await FluentActions.Awaiting(() => ApplyAsync(migration)).Should().ThrowAsync<DeploymentException>().WithMessage("The undo of 001_x.expand stopped half way*");
    }

    private async Task<Migration> EmailAsync(string undo)
    {
        _database.Script("001_email.expand.sql", "ALTER TABLE users ADD COLUMN email text;\n");
        _database.Script("001_email.expand.undo.sql", undo);
        _database.Script("R_other.sql", "CREATE OR REPLACE VIEW others AS SELECT script FROM runs;\n");
        _database.Script("R_mails.sql", "CREATE OR REPLACE VIEW mails AS SELECT email FROM users;\n");
        Migration migration = await _database.FindAsync("001_email.expand");
        await ApplyAsync(migration);
        await ApplyAsync(await _database.FindAsync("R_other"));
        await ApplyAsync(await _database.FindAsync("R_mails"));
        return migration;
    }

    private async Task<Migration> AloneAsync(string undo)
    {
        _database.Script("001_x.expand.sql", "-- transaction: none\nINSERT INTO runs VALUES ('a');\n");
        _database.Script("001_x.expand.undo.sql", undo);
        return await _database.FindAsync("001_x.expand");
    }

    private Task ApplyAsync(Migration migration) => _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);

    private Task UndoAsync(Migration migration) => _database.Migrator().UndoAsync(migration, _database.Context, CancellationToken.None);
}
