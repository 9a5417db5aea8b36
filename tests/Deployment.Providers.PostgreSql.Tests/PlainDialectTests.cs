using System.Data.Common;
using Deployment.Migrations;
using Deployment.Sql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>The dialect of no database in particular, against a server that locks rows and on which others are connected.</summary>
[Category("PostgreSql")]
public sealed class PlainDialectTests
{
    private Database _database = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await Database.CreateAsync();
        await _database.RunAsync("CREATE TABLE runs (script text NOT NULL)");
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Apply_EightAtOnce_EachScriptRunsOnce()
    {
        Migration[] all = [await ScriptAsync("001_one", "INSERT INTO runs VALUES ('one');\n"), await ScriptAsync("002_two", "-- transaction: none\nINSERT INTO runs VALUES ('two');\n")];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            foreach (Migration migration in all)
            {
                await Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);
            }
        }));

        (await _database.AskAsync<string>("SELECT string_agg(script, ' ' ORDER BY script) FROM runs")).Should().Be("one two");
        (await Migrator().ObserveAsync(CancellationToken.None)).Applied.Select(one => one.Id).Should().Equal("001_one.expand", "002_two.expand");
    }

    [Test]
    public async Task Apply_ConnectionOfTheLockEnds_IsRolledBack()
    {
        Migration migration = await ScriptAsync("001_one", "INSERT INTO runs VALUES ('one');\nSELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction';\n");

        await FluentActions.Awaiting(() => Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_one.expand: *lock of migrators*");

        (await _database.AskAsync<long>("SELECT count(*) FROM runs")).Should().Be(0);
    }

    private SqlMigrator Migrator()
    {
        DbDataSource any = _database.Source;
        return new SqlMigrator(_database.Folder, any, new PlainSqlDialect(any, options => options.HasTransactionalSchema = true));
    }

    private async Task<Migration> ScriptAsync(string name, string text)
    {
        _database.Script($"{name}.expand.sql", text);
        _database.Script($"{name}.expand.undo.sql", "DELETE FROM runs;\n");
        return (await Migrator().ObserveAsync(CancellationToken.None)).Known.Single(migration => migration.Id == $"{name}.expand");
    }
}
