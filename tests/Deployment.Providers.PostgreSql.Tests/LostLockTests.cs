using System.Data.Common;
using Deployment.Migrations;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>A lock that a migrator believes to have, and has not.</summary>
[Category("PostgreSql")]
public sealed class LostLockTests
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

    /// <summary>Whether a pooler lends sessions on is seen only if it does so at that moment.</summary>
    [TestCase("")]
    [TestCase("-- transaction: none\n")]
    public async Task Apply_BehindAPoolerThatLentTheSessionOn_ChangesNothing(string header)
    {
        Migration migration = await ScriptAsync(header + "INSERT INTO runs VALUES ('a');\n");
        await using Pooler pooler = await Pooler.StartAsync("transaction");
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(pooler.AddressOf(_database.Address));
        await using var busy = new Busy(_database.Address, source);

        await FluentActions.Awaiting(() => _database.Migrator(source: source, dialect: busy).ApplyAsync(migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("*lock of migrators*pooler*");

        (await _database.AskAsync<long>("SELECT count(*) FROM runs")).Should().Be(0);
        (await _database.AppliedAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Apply_ScriptGivesTheLockAway_IsRolledBack()
    {
        Migration migration = await ScriptAsync("INSERT INTO runs VALUES ('a');\nSELECT pg_advisory_unlock_all();\n");

        await FluentActions.Awaiting(() => _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("001_x.expand*lock of migrators*");

        (await _database.AskAsync<long>("SELECT count(*) FROM runs")).Should().Be(0);
    }

    [Test]
    public async Task Apply_LockIsGoneAtTheEnd_IsTold()
    {
        Migration migration = await ScriptAsync("-- transaction: none\nINSERT INTO runs VALUES ('a');\nSELECT pg_advisory_unlock_all();\n");

        await FluentActions.Awaiting(() => _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None))
            .Should().ThrowAsync<DeploymentException>().WithMessage("*lock of migrators*");
    }

    private async Task<Migration> ScriptAsync(string text)
    {
        _database.Script("001_x.expand.sql", text);
        _database.Script("001_x.expand.undo.sql", "DELETE FROM runs;\n");
        return await _database.FindAsync("001_x.expand");
    }

    /// <summary>Somebody else takes, out of the pool, the session that has the lock.</summary>
    private sealed class Busy(string address, NpgsqlDataSource source) : PostgreSqlDialect(address), IAsyncDisposable
    {
        private readonly List<NpgsqlConnection> _others = [];

        public override Task<string?> RefusesLocksAsync(DbDataSource dataSource, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public override async Task<string?> TryLockAsync(DbConnection connection, string name, CancellationToken cancellationToken)
        {
            string? holder = await base.TryLockAsync(connection, name, cancellationToken);
            NpgsqlConnection other = await source.OpenConnectionAsync(cancellationToken);
            _others.Add(other);
            await using var command = new NpgsqlCommand("BEGIN; SELECT 1", other);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return holder;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (NpgsqlConnection other in _others)
            {
                await other.DisposeAsync();
            }
        }
    }
}
