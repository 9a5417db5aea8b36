using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Tests.Contexts;
using Deployment.Targets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace Deployment.Providers.EntityFrameworkCore.Tests;

/// <summary>The migrations of a context against a real database.</summary>
[Category("PostgreSql")]
public sealed class EfMigratorTests
{
    private Database _database = null!;

    [SetUp]
    public async Task CreateAsync() => _database = await Database.CreateAsync();

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Observe_EmptyDatabase_KnowsEachMigrationWithPhaseScriptAndUndo()
    {
        MigrationsSeen seen = await _database.Shop().ObserveAsync(CancellationToken.None);

        seen.Problems.Should().BeEmpty();
        seen.Applied.Should().BeEmpty();
        seen.Known.Select(migration => (migration.Id, migration.Phase)).Should().Equal(
            (ShopContext.Users, MigrationPhase.Expand),
            (ShopContext.AddEmail, MigrationPhase.Expand),
            (ShopContext.FillEmail, MigrationPhase.Backfill),
            (ShopContext.DropMail, MigrationPhase.Contract),
            (ShopContext.AddPhone, MigrationPhase.Expand));
        seen.Known[1].Script.Should().Be("-- command\nALTER TABLE users ADD email text;\n");
        seen.Known[1].Undo!.Script.Should().Be("-- command\nALTER TABLE users DROP COLUMN email;\n");
        seen.Known[1].Commands.Should().Equal($"dotnet ef migrations script {ShopContext.Users} {ShopContext.AddEmail} --context ShopContext --output {ShopContext.AddEmail}.sql");
        seen.Known[2].Undo!.Reason.Should().Be("What it filled goes with the column.");
        seen.Known[3].DestroysData.Should().Be("It drops the column users.mail.");
        (await _database.AskAsync<bool>("SELECT to_regclass('\"__EFMigrationsHistory\"') IS NULL")).Should().BeTrue("a look changes nothing");
    }

    [Test]
    public async Task Apply_OneByOne_RunsEachWithItsRowInOneTransaction()
    {
        EfMigrator<ShopContext> migrator = _database.Shop();

        await _database.ApplyAsync(migrator, ShopContext.Users, ShopContext.AddEmail);

        (await _database.AppliedAsync()).Should().Equal(ShopContext.Users, ShopContext.AddEmail);
        (await _database.ColumnsAsync()).Should().Equal("email", "id", "mail");
        (await _database.AskAsync<string>($"SELECT xmin::text FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = '{ShopContext.AddEmail}'"))
            .Should().Be(await _database.AskAsync<string>("SELECT xmin::text FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'email'"), "one transaction did both");
        Migration email = await Database.FindAsync(migrator, ShopContext.AddEmail);
        (await migrator.VerifyAsync(email, _database.Context, CancellationToken.None)).Should().BeNull();
        (await migrator.ProbeAsync(email, _database.Context, CancellationToken.None)).Should().Be(ProbeResult.TookEffect);
        await using var context = new ShopContext(_database.Address);
        (await context.Database.GetPendingMigrationsAsync()).Should().Equal(ShopContext.FillEmail, ShopContext.DropMail, ShopContext.AddPhone);
    }

    /// <summary>What EF Core's own migrator can't: it would contract on the way to the later expand.</summary>
    [Test]
    public async Task Apply_ExpandAfterAContractThatWaits_LeavesTheContractAlone()
    {
        await _database.ApplyAsync(_database.Shop(), ShopContext.Users, ShopContext.AddEmail, ShopContext.AddPhone);

        (await _database.AppliedAsync()).Should().Equal(ShopContext.Users, ShopContext.AddEmail, ShopContext.AddPhone);
        (await _database.ColumnsAsync()).Should().Equal("email", "id", "mail", "phone");
    }

    [Test]
    public async Task Apply_Twice_RunsOnce()
    {
        EfMigrator<ShopContext> migrator = _database.Shop();
        Migration users = await Database.FindAsync(migrator, ShopContext.Users);

        await migrator.ApplyAsync(users, _database.Context, CancellationToken.None);
        await migrator.ApplyAsync(users, _database.Context, CancellationToken.None);

        (await _database.AppliedAsync()).Should().Equal(ShopContext.Users);
        _database.Reports.Should().Equal($"{ShopContext.Users} was applied already.");
    }

    [Test]
    public async Task Apply_FailsHalfWay_LeavesNothingAndNamesTheCommand()
    {
        EfMigrator<BrokenContext> migrator = Database.Migrator(() => new BrokenContext(_database.Address));
        Migration half = await Database.FindAsync(migrator, BrokenContext.Half);

        await migrator.Awaiting(one => one.ApplyAsync(half, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage($"{BrokenContext.Half}, command 2 of 2: *\"nobody\" does not exist*");

        (await _database.AskAsync<bool>("SELECT to_regclass('orders') IS NULL")).Should().BeTrue();
        (await _database.AppliedAsync()).Should().BeEmpty();
        (await migrator.ProbeAsync(half, _database.Context, CancellationToken.None)).Should().Be(ProbeResult.DidNotTakeEffect);
        await migrator.UndoAsync(half, _database.Context, CancellationToken.None);
    }

    [Test]
    public async Task Undo_Applied_RunsItsDownAndTakesItsRowAway()
    {
        EfMigrator<ShopContext> migrator = _database.Shop();
        await _database.ApplyAsync(migrator, ShopContext.Users);
        Migration email = await Database.FindAsync(migrator, ShopContext.AddEmail);
        await migrator.ApplyAsync(email, _database.Context, CancellationToken.None);
        Migration applied = await Database.FindAsync(migrator, ShopContext.AddEmail);
        applied.Undo.Should().BeEquivalentTo(email.Undo, "a run of its own may undo it later");

        await migrator.UndoAsync(applied, _database.Context, CancellationToken.None);
        await migrator.UndoAsync(email, _database.Context, CancellationToken.None);

        (await _database.ColumnsAsync()).Should().Equal("id", "mail");
        (await _database.AppliedAsync()).Should().Equal(ShopContext.Users);
    }

    [Test]
    public async Task Verify_QueryAnswersOtherwise_SaysWhatAndIsTakenBack()
    {
        EfMigrator<ShopContext> migrator = _database.Shop();
        await _database.ApplyAsync(migrator, ShopContext.Users);
        Migration email = await Database.FindAsync(migrator, ShopContext.AddEmail);
        await migrator.ApplyAsync(email, _database.Context, CancellationToken.None);
        await _database.RunAsync("INSERT INTO users VALUES (1, 'a', 'a')");

        (await migrator.VerifyAsync(email, _database.Context, CancellationToken.None))
            .Should().Be("'SELECT count(*) FROM users WHERE email IS NOT NULL' answers 1, where 0 was expected.");
        (await migrator.VerifyAsync(email with { Verifications = [new("DELETE FROM users RETURNING 2", "2")] }, _database.Context, CancellationToken.None)).Should().BeNull();
        (await _database.AskAsync<long>("SELECT count(*) FROM users")).Should().Be(1, "a verification changes nothing");
    }

    [Test]
    public async Task Observe_DatabaseThatEfMigrated_GoesOnAfterIt()
    {
        await using (var context = new ShopContext(_database.Address))
        {
            await context.Database.MigrateAsync(ShopContext.FillEmail);
        }

        MigrationsSeen seen = await _database.Shop().ObserveAsync(CancellationToken.None);
        seen.Problems.Should().BeEmpty();
        seen.Applied.Select(one => one.Id).Should().Equal(ShopContext.Users, ShopContext.AddEmail, ShopContext.FillEmail);

        await _database.ApplyAsync(_database.Shop(), ShopContext.DropMail, ShopContext.AddPhone);
        await using var after = new ShopContext(_database.Address);
        await after.Database.MigrateAsync();
        (await after.Database.GetPendingMigrationsAsync()).Should().BeEmpty("EF Core takes the history for its own");
        (await _database.ColumnsAsync()).Should().Equal("email", "id", "phone");
    }

    [Test]
    public async Task Observe_ModelHasChangesWithoutAMigration_IsAProblem()
    {
        EfMigrator<ShopContext> changed = Database.Migrator(() => new ShopContext(_database.Address, options => options.ReplaceService<IModelCacheKeyFactory, FreshModels>()) { Extra = "nickname" });
        EfMigrator<ShopContext> ignored = Database.Migrator(() => new ShopContext(_database.Address, options => options.ReplaceService<IModelCacheKeyFactory, FreshModels>()) { Extra = "nickname" }, options => options.IgnoreModelChanges = true);

        (await changed.ObserveAsync(CancellationToken.None)).Problems.Should().ContainSingle().Which.Should().StartWith("The model of ShopContext has changes that no migration of shop has.");
        (await ignored.ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Apply_TableIsLocked_GivesUpItsPlaceInTheQueueAndTriesAgain()
    {
        EfMigrator<ShopContext> migrator = _database.Shop(options => options.LockTimeout = TimeSpan.FromMilliseconds(50));
        await _database.ApplyAsync(migrator, ShopContext.Users);
        Migration email = await Database.FindAsync(migrator, ShopContext.AddEmail);
        await using NpgsqlConnection other = await _database.OpenAsync();
        await using NpgsqlTransaction holding = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("LOCK TABLE users IN ACCESS SHARE MODE", other, holding))
        {
            await command.ExecuteNonQueryAsync();
        }

        var gaveUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = new EffectContext("run-1", "step-1", 1, new RecordingCommandRunner(), _database.Context.Secrets, TimeProvider.System, _ => gaveUp.TrySetResult());
        Task applying = migrator.ApplyAsync(email, context, CancellationToken.None);
        await Task.WhenAny(gaveUp.Task, applying).WaitAsync(TimeSpan.FromSeconds(30));
        applying.IsCompleted.Should().BeFalse(applying.Exception?.ToString() ?? "it waits");
        await holding.CommitAsync();
        await applying.WaitAsync(TimeSpan.FromSeconds(60));

        (await _database.AppliedAsync()).Should().Contain(ShopContext.AddEmail);
    }

    [Test]
    public async Task Apply_AnotherMigratorIsAtWork_SaysSoWhenPatienceEnds()
    {
        await _database.ApplyAsync(_database.Shop(), ShopContext.Users);
        EfMigrator<ShopContext> migrator = _database.Shop(options => options.MigratorPatience = TimeSpan.FromSeconds(1));
        Migration email = await Database.FindAsync(migrator, ShopContext.AddEmail);
        await using NpgsqlConnection other = await _database.OpenAsync();
        await using NpgsqlTransaction holding = await other.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("LOCK TABLE \"__EFMigrationsHistory\" IN ACCESS EXCLUSIVE MODE", other, holding);
        await command.ExecuteNonQueryAsync();

        await migrator.Awaiting(one => one.ApplyAsync(email, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("Another migrator has been at work on shop for longer than 00:00:01.*");
    }

    [Test]
    public async Task Observe_WrongAddress_NamesTheDatabaseAndNoPassword()
    {
        EfMigrator<ShopContext> broken = Database.Migrator(() => new ShopContext("Host=/nowhere;Database=shop;Password=s3cret"));
        EfMigrator<ShopContext> unreadable = Database.Migrator(() => new ShopContext("Host=/nowhere;Password=s3;cret=1"));

        (await broken.Awaiting(one => one.ObserveAsync(CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("The database shop can't be reached: *"))
            .Which.ToString().Should().NotContain("s3cret");
        (await unreadable.Awaiting(one => one.ObserveAsync(CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("The context of shop can't be used: ArgumentException.*"))
            .Which.ToString().Should().NotContain("cret=").And.NotContain("Couldn't set cret");
    }

    /// <summary>Models are cached by the context's type; this test's differs.</summary>
    private sealed class FreshModels : IModelCacheKeyFactory
    {
        public object Create(DbContext context, bool designTime) => (context.GetType(), "fresh", designTime);
    }
}
