using System.Data.Common;
using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Tests.Contexts;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Deployment.Providers.EntityFrameworkCore.Tests;

/// <summary>A connection that is lost around the commit.</summary>
[Category("PostgreSql")]
public sealed class LostCommitTests
{
    [Test]
    public async Task Apply_LostAfterTheCommit_AsksAndKnows()
    {
        await using Database database = await Database.CreateAsync();
        var lost = new Lost(isCommitted: true);
        EfMigrator<ShopContext> migrator = Database.Migrator(() => new ShopContext(database.Address, options => options.AddInterceptors(lost)));

        await database.ApplyAsync(migrator, ShopContext.Users);

        (await database.AppliedAsync()).Should().Equal(ShopContext.Users);
    }

    /// <summary>The control: what was not committed is not taken as done.</summary>
    [Test]
    public async Task Apply_LostBeforeTheCommit_SaysThatItDidNotHappen()
    {
        await using Database database = await Database.CreateAsync();
        var lost = new Lost(isCommitted: false);
        EfMigrator<ShopContext> migrator = Database.Migrator(() => new ShopContext(database.Address, options => options.AddInterceptors(lost)));

        await database.Awaiting(one => one.ApplyAsync(migrator, ShopContext.Users))
            .Should().ThrowAsync<DeploymentException>().WithMessage($"{ShopContext.Users} was not committed: the connection was lost");

        (await database.AppliedAsync()).Should().BeEmpty();
        (await database.ColumnsAsync()).Should().BeEmpty();
    }

    private sealed class Lost(bool isCommitted) : DbTransactionInterceptor
    {
        private bool _isOver;

        public override async ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            // EF Core makes its history in a transaction of its own, before.
            DbConnection connection = transaction.Connection!;
            await using DbCommand ask = connection.CreateCommand();
            ask.Transaction = transaction;
            ask.CommandText = "SELECT to_regclass('users') IS NOT NULL";
            if (_isOver || await ask.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return result;
            }

            _isOver = true;
            if (isCommitted)
            {
                await transaction.CommitAsync(cancellationToken);
            }

            await connection.CloseAsync();
            throw new IOException("the connection was lost");
        }
    }
}
