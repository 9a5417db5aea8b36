using Deployment.Migrations;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>Databases that other tools have migrated before.</summary>
[Category("PostgreSql")]
public sealed class AdoptionTests
{
    private const string Flyway = """
        CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL, type varchar(20) NOT NULL, script varchar(1000) NOT NULL,
            checksum integer, installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(), execution_time integer NOT NULL, success boolean NOT NULL);
        """;

    private const string EntityFramework = """
        CREATE TABLE "__EFMigrationsHistory" ("MigrationId" character varying(150) NOT NULL PRIMARY KEY, "ProductVersion" character varying(32) NOT NULL);
        """;

    private Database _database = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await Database.CreateAsync();
        foreach (string name in new[] { "001_users", "002_add-email", "003_orders" })
        {
            _database.Script($"{name}.expand.sql", "SELECT 1;\n");
            _database.Script($"{name}.expand.undo.sql", "SELECT 1;\n");
        }
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [TestCase("(1, '1', 'SQL', true), (2, '2', 'SQL', true)", "001_users.expand 002_add-email.expand", TestName = "Observe_Flyway_VersionsCount")]
    [TestCase("(1, '1', 'SQL', true), (2, '2', 'SQL', true), (3, '2', 'UNDO_SQL', true)", "001_users.expand", TestName = "Observe_Flyway_WhatWasUndoneIsNotApplied")]
    [TestCase("(1, '1', 'SQL', true), (2, '2', 'SQL', true), (3, '2', 'UNDO_SQL', true), (4, '2', 'SQL', true)", "001_users.expand 002_add-email.expand", TestName = "Observe_Flyway_WhatWasAppliedAgainIs")]
    [TestCase("(1, '1', 'SQL', true), (3, '3', 'SQL', true)", "001_users.expand 003_orders.expand", TestName = "Observe_Flyway_HoleIsNotApplied")]
    [TestCase("(1, '1', 'SQL', true), (2, '2', 'SQL', true), (3, '2', 'DELETE', true)", "001_users.expand", TestName = "Observe_Flyway_WhatWasDeletedIsNotApplied")]
    [TestCase("(1, '2', 'BASELINE', true), (2, '3', 'SQL', true)", "001_users.expand 002_add-email.expand 003_orders.expand", TestName = "Observe_Flyway_BaselineCountsForAllUpToIt")]
    [TestCase("(1, '2', 'SQL_BASELINE', true)", "001_users.expand 002_add-email.expand", TestName = "Observe_Flyway_BaselineMigrationCountsForAllUpToIt")]
    [TestCase("(1, '1', 'SQL', true), (2, '2', 'SQL', false), (3, '2', 'SQL', true)", "001_users.expand 002_add-email.expand", TestName = "Observe_Flyway_FailedOneThatSucceededLaterIsApplied")]
    public async Task Observe_DatabaseOfFlyway_ReadsWhatIsApplied(string rows, string applied)
    {
        await FlywayAsync(rows);

        (await _database.AppliedAsync()).Should().Equal(applied.Split(' '));
    }

    [TestCase("(1, '1', 'SQL', true), (2, '2', 'SQL', false)", "*version 2 failed half way*flyway repair*Baseline*")]
    [TestCase("(1, '1', 'SQL', true), (2, '1', 'UNDO_SQL', false)", "*undo of version 1 failed half way*flyway repair*Baseline*")]
    [TestCase("(1, '1.5', 'SQL', true)", "*version '1.5'*no whole number*Baseline*")]
    public async Task Observe_NobodyKnowsWhatFlywayApplied_SaysSo(string rows, string message)
    {
        await FlywayAsync(rows);

        await _database.Awaiting(database => database.AppliedAsync()).Should().ThrowAsync<DeploymentException>().WithMessage(message);
        (await _database.Migrator(options => options.Baseline = 1).ObserveAsync(CancellationToken.None)).Applied.Select(one => one.Id).Should().Equal("001_users.expand");
    }

    [Test]
    public async Task Observe_DatabaseOfEntityFramework_TakesOverTheMigrationsOfThatName()
    {
        await _database.RunAsync(EntityFramework + """INSERT INTO "__EFMigrationsHistory" VALUES ('20240102030405_Users', '9.0.0'), ('20240202030405_AddEmail', '9.0.0');""");

        (await _database.AppliedAsync()).Should().Equal("001_users.expand", "002_add-email.expand");
        await _database.Migrator().ApplyAsync(await _database.FindAsync("003_orders.expand"), _database.Context, CancellationToken.None);
        (await _database.AppliedAsync()).Should().Equal("001_users.expand", "002_add-email.expand", "003_orders.expand");
        (await _database.AskAsync<long>("SELECT count(*) FROM deployment_migrations WHERE phase = 'adopted'")).Should().Be(2);
    }

    [Test]
    public async Task Observe_EntityFrameworkAppliedWhatNoScriptIs_SaysSo()
    {
        await _database.RunAsync(EntityFramework + """INSERT INTO "__EFMigrationsHistory" VALUES ('20240102030405_Users', '9.0.0'), ('20240202030405_Invoices', '9.0.0');""");

        await _database.Awaiting(database => database.AppliedAsync()).Should().ThrowAsync<DeploymentException>().WithMessage("*20240202030405_Invoices*Baseline*");
        (await _database.Migrator(options => options.Baseline = 0).ObserveAsync(CancellationToken.None)).Applied.Should().BeEmpty();
    }

    /// <summary>Who did one by hand had no migrator that records what was there before.</summary>
    [Test]
    public async Task Observe_APersonRecordedOneByHand_StillTakesOverTheRest()
    {
        await FlywayAsync("(1, '1', 'SQL', true)");
        Migration second = await _database.FindAsync("002_add-email.expand");
        await _database.RunAsync(new PostgreSqlDialect(_database.Address).CreateHistory("deployment_migrations"));
        await _database.RunAsync($"INSERT INTO deployment_migrations (id, phase, checksum, state) VALUES ('{second.Id}', 'expand', '{second.Checksum}', 'applied')");

        (await _database.AppliedAsync()).Should().BeEquivalentTo("001_users.expand", "002_add-email.expand");
        await _database.Migrator().ApplyAsync(await _database.FindAsync("003_orders.expand"), _database.Context, CancellationToken.None);
        (await _database.AppliedAsync()).Should().BeEquivalentTo("001_users.expand", "002_add-email.expand", "003_orders.expand");
    }

    private Task FlywayAsync(string rows) => _database.RunAsync(Flyway + $"""
        INSERT INTO flyway_schema_history SELECT rank, version, 'x', kind, 'x.sql', 0, 'ann', now(), 1, success FROM (VALUES {rows}) AS v (rank, version, kind, success);
        """);
}
