using System.Data.Common;
using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Tests.Contexts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations.Internal;
using IMigrator = Deployment.Migrations.IMigrator;
using Migration = Deployment.Migrations.Migration;

namespace Deployment.Providers.EntityFrameworkCore.Tests;

/// <summary>Several migrators of one database at once, as replicas of a host that all start.</summary>
[Category("PostgreSql")]
public sealed class ManyMigratorsTests
{
    private const int Migrators = 8;
    private const int Rounds = 25;

    [Test]
    public async Task Apply_EightAtOnce_EachMigrationRunsOnce()
    {
        await using Database database = await Database.CreateAsync();
        await database.RunAsync("CREATE TABLE runs (script text NOT NULL)");
        for (int round = 0; round < Rounds; round++)
        {
            string[] problems = await RoundAsync(database, _ => { });

            problems.Should().BeEmpty($"round {round}");
            (await RunsAsync(database)).Should().Equal([1, 1], $"round {round}");
            (await database.AppliedAsync()).Should().Equal(CountedContext.One, CountedContext.Two);
            await BackAsync(database);
        }
    }

    /// <summary>The control: without the lock the same goes wrong.</summary>
    [Test]
    public async Task Apply_EightAtOnceWithoutTheLock_SomeRunTwiceOrFail()
    {
        await using Database database = await Database.CreateAsync();
        await database.RunAsync("CREATE TABLE runs (script text NOT NULL)");
        int wrong = 0;
        for (int round = 0; round < Rounds && wrong == 0; round++)
        {
            string[] problems = await RoundAsync(database, options => options.ReplaceService<IHistoryRepository, Unlocked>());
            wrong += problems.Length > 0 || !(await RunsAsync(database)).SequenceEqual([1, 1]) ? 1 : 0;
            await BackAsync(database);
        }

        wrong.Should().BePositive();
    }

    private static async Task<string[]> RoundAsync(Database database, Action<DbContextOptionsBuilder> configure)
    {
        IMigrator[] migrators = [.. Enumerable.Range(0, Migrators).Select(_ => Database.Migrator(() => new CountedContext(database.Address, configure), options => options.IgnoreModelChanges = true))];
        Migration[] migrations = [await Database.FindAsync(migrators[0], CountedContext.One), await Database.FindAsync(migrators[0], CountedContext.Two)];
        using var begin = new Barrier(Migrators);
        string?[] problems = await Task.WhenAll(migrators.Select(migrator => Task.Factory.StartNew(
            async () =>
            {
                begin.SignalAndWait();
                try
                {
                    foreach (Migration migration in migrations)
                    {
                        await migrator.ApplyAsync(migration, database.Context, CancellationToken.None);
                    }

                    return null;
                }
                catch (Exception error) when (error is DeploymentException or DbException)
                {
                    return error.Message;
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
        return [.. problems.OfType<string>()];
    }

    private static async Task<long[]> RunsAsync(Database database) =>
        [await database.AskAsync<long>("SELECT count(*) FROM runs WHERE script = 'one'"), await database.AskAsync<long>("SELECT count(*) FROM runs WHERE script = 'two'")];

    /// <summary>The table of the history goes as well: who comes first makes it.</summary>
    private static Task BackAsync(Database database) => database.RunAsync("TRUNCATE runs; DROP TABLE \"__EFMigrationsHistory\"");

    /// <summary>The safeguard turned off: whoever asks for the lock has it.</summary>
#pragma warning disable EF1001 // What EF Core calls internal is what a provider's users replace.
    private sealed class Unlocked(HistoryRepositoryDependencies dependencies) : NpgsqlHistoryRepository(dependencies)
    {
        public override Task<IMigrationsDatabaseLock> AcquireDatabaseLockAsync(CancellationToken cancellationToken = default) => Task.FromResult<IMigrationsDatabaseLock>(new NoLock(this));
    }
#pragma warning restore EF1001

    private sealed class NoLock(IHistoryRepository history) : IMigrationsDatabaseLock
    {
        public IHistoryRepository HistoryRepository => history;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
