using System.Data.Common;
using Deployment.Migrations;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Testing;

namespace Deployment.Sql.Tests.Running;

/// <summary>Scripts against a database for which there is no dialect of its own.</summary>
[Category("Unit")]
public sealed class PlainSqlTests
{
    private const string Users = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);\n";
    private SqliteDatabase _database = null!;

    [SetUp]
    public void Create() => _database = new SqliteDatabase();

    [TearDown]
    public async Task EndAsync() => await _database.DisposeAsync();

    [Test]
    public async Task Apply_Scripts_RunsVerifiesAndUndoesThem()
    {
        _database.Expand("001_users", Users + "INSERT INTO users VALUES (1, 'ada;');\n", "DROP TABLE users;\n");
        _database.Expand("002_email", "ALTER TABLE users ADD COLUMN email text;\n", "ALTER TABLE users DROP COLUMN email;\n");
        await File.WriteAllTextAsync(Path.Combine(_database.Folder, "001_users.expand.verify.sql"), "-- expect: 1\nSELECT count(*) FROM users;\n");
        Migration[] all = [await _database.FindAsync("001_users.expand"), await _database.FindAsync("002_email.expand")];

        foreach (Migration migration in all.Append(all[0]))
        {
            await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);
            (await _database.Migrator().VerifyAsync(migration, _database.Context, CancellationToken.None)).Should().BeNull();
        }

        (await _database.AppliedAsync()).Should().Equal("001_users.expand", "002_email.expand");
        (await _database.Migrator().ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
        await _database.Migrator().UndoAsync(all[1], _database.Context, CancellationToken.None);
        (await _database.AppliedAsync()).Should().Equal("001_users.expand");
        (await _database.AskAsync("SELECT count(*) FROM pragma_table_info('users')")).Should().Be(2L);
        (await _database.Migrator().ProbeAsync(all[1], _database.Context, CancellationToken.None)).Should().Be(ProbeResult.DidNotTakeEffect);
    }

    [Test]
    public async Task Deploy_WithScriptsOfAnotherDatabase_MigratesIt()
    {
        _database.Expand("001_users", Users, "DROP TABLE users;\n");
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(new FakeTarget("web"))
            .UseStore(new InMemoryDeploymentStore())
            .UseBlueGreen()
            .Migrate(migrations => migrations.FromScripts(_database.Folder, _database.Source, _database.Dialect(), options => options.Name = "shop-db"))
            .Build();

        DeploymentResult result = await pipeline.DeployAsync(Release.Of("shop", "1.0.0", Artifact.Process("true").In(Path.GetTempPath())));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        (await _database.AskAsync("SELECT count(*) FROM deployment_migrations WHERE state = 'applied'")).Should().Be(1L);
    }

    [Test]
    public async Task Apply_FailsHalfWay_LeavesNothingWhereTheSchemaIsTransactional()
    {
        _database.Expand("001_users", Users + "\nINSERT INTO nobody VALUES (1);\n", "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");

        await FluentActions.Awaiting(() => _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_users.expand, line 3: *no such table: nobody*");

        (await _database.AskAsync("SELECT count(*) FROM sqlite_master WHERE name = 'users'")).Should().Be(0L);
        (await _database.AppliedAsync()).Should().BeEmpty();
    }

    /// <summary>As if each change of the schema were a commit of its own.</summary>
    [Test]
    public async Task Apply_SchemaIsNotTransactional_KnowsHowFarItCameAndGoesOnThere()
    {
        await using var database = new SqliteDatabase(hasTransactionalSchema: false);
        database.Expand("001_users", Users + "\nINSERT INTO nobody VALUES (1);\n", "DROP TABLE users;\n");
        Migration migration = await database.FindAsync("001_users.expand");
        migration.RunsInTransaction.Should().BeFalse();
        migration.Undo!.RunsInTransaction.Should().BeFalse();

        await FluentActions.Awaiting(() => database.Migrator().ApplyAsync(migration, database.Context, CancellationToken.None)).Should().ThrowAsync<DeploymentException>();

        (await database.AskAsync("SELECT state || ' ' || statements || ' ' || begun FROM deployment_migrations")).Should().Be("started 1 2", "whether the second one was done, this database doesn't say");
        await database.RunAsync("CREATE TABLE nobody (id integer); UPDATE deployment_migrations SET begun = 1");
        await database.Migrator().ApplyAsync(migration, database.Context, CancellationToken.None);
        (await database.AppliedAsync()).Should().Equal("001_users.expand");
    }

    [Test]
    public async Task Apply_FourMigratorsAtOnce_EachScriptRunsOnce()
    {
        _database.Expand("001_runs", "CREATE TABLE runs (script text NOT NULL);\nINSERT INTO runs VALUES ('001');\n", "DROP TABLE runs;\n");
        Migration migration = await _database.FindAsync("001_runs.expand");

        // SQLite waits on the thread that asks.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None))));

        (await _database.AskAsync("SELECT count(*) FROM runs")).Should().Be(1L);
    }

    [Test]
    public async Task Apply_AnotherMigratorIsAtWork_SaysSo()
    {
        _database.Expand("001_users", Users, "DROP TABLE users;\n");
        Migration migration = await _database.FindAsync("001_users.expand");
        SqlDialect other = _database.Dialect();
        await using DbConnection connection = await _database.Source.OpenConnectionAsync();
        (await other.TryLockAsync(connection, "deployment_migrations", CancellationToken.None)).Should().BeNull();

        await FluentActions.Awaiting(() => _database.Migrator(configure: options => options.MigratorPatience = TimeSpan.Zero).ApplyAsync(migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("Another migrator has been at work on shop*");

        (await other.UnlockAsync(connection, "deployment_migrations", CancellationToken.None)).Should().BeTrue();
        (await other.UnlockAsync(connection, "deployment_migrations", CancellationToken.None)).Should().BeFalse("it is given back already");
        await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);
    }

    [Test]
    public async Task Observe_WhatTheDialectCantDo_IsSaidBefore()
    {
        _database.Expand("001_users", Users, "DROP TABLE users;\n");
        await File.WriteAllTextAsync(Path.Combine(_database.Folder, "001_users.backfill.sql"), "-- undo: nothing a test\n-- batch: users.id\nUPDATE users SET name = 'x' WHERE id BETWEEN $1 AND $2;\n");
        await File.WriteAllTextAsync(Path.Combine(_database.Folder, "002_less.expand.sql"), "-- undo: nothing a test\nCREATE INDEX users_name ON users (name);\nDROP TABLE orders;\n");

        MigrationsSeen seen = await _database.Migrator().ObserveAsync(CancellationToken.None);

        seen.Problems.Should().HaveCount(2).And.Contain(problem => problem.StartsWith("001_users.backfill.sql: `batch:`")).And.Contain(problem => problem.Contains("drop-table"), "what is about releases holds everywhere; an index is made in SQLite's way");
        seen.Known.Should().OnlyContain(migration => migration.Commands.Count == 0);
    }

    [Test]
    public async Task Observe_OtherToolsWereAtWork_TakesOverWhatTheyApplied()
    {
        await _database.RunAsync("""
            CREATE TABLE "flyway_schema_history" ("installed_rank" INT, "version" VARCHAR(50), "type" VARCHAR(20), "success" BOOLEAN);
            INSERT INTO flyway_schema_history VALUES (1, '1', 'SQL', 1);
            CREATE TABLE "__EFMigrationsHistory" ("MigrationId" TEXT NOT NULL PRIMARY KEY, "ProductVersion" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsHistory" VALUES ('20240102030405_AddEmail', '9.0.0');
            """);
        foreach (string name in new[] { "001_users", "002_add-email", "003_more" })
        {
            _database.Expand(name, "SELECT 1;\n", "SELECT 1;\n");
        }

        await _database.Migrator().ApplyAsync(await _database.FindAsync("003_more.expand"), _database.Context, CancellationToken.None);

        (await _database.AppliedAsync()).Should().Equal("001_users.expand", "002_add-email.expand", "003_more.expand");
    }

    [Test]
    public void Create_OptionsAreWrong_SaysAll() =>
        FluentActions.Invoking(() => new PlainSqlDialect(_database.Source, options => (options.TextType, options.KeyType, options.Quotes) = ("text; DROP TABLE x", "", "a")))
            .Should().Throw<DeploymentValidationException>().Where(error => error.Errors.Count == 3);

    [TestCase("``", "`a``b`")]
    [TestCase("[]", "[a`b]")]
    public void Quoted_OtherQuotes_AreUsed(string quotes, string expected) =>
        new PlainSqlDialect(_database.Source, options => options.Quotes = quotes).Quoted("a`b").Should().Be(expected);
}
