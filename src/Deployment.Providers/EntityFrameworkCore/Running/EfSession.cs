using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Deployment.Providers.EntityFrameworkCore.Running;

/// <summary>A context of its own with an open connection, and EF Core's services that migrate its database.</summary>
internal sealed class EfSession : IAsyncDisposable
{
    private readonly DbContext _context;

    private EfSession(DbContext context) => _context = context;

    internal string ContextName => _context.GetType().Name;

    internal string Provider => _context.Database.ProviderName!;

    internal bool IsPostgreSql => Provider == "Npgsql.EntityFrameworkCore.PostgreSQL";

    internal IMigrationsAssembly Assembly => _context.GetService<IMigrationsAssembly>();

    internal IHistoryRepository History => _context.GetService<IHistoryRepository>();

    internal IRelationalConnection Connection => _context.GetService<IRelationalConnection>();

    internal bool HasModelChanges => _context.Database.HasPendingModelChanges();

    /// <exception cref="DeploymentException">The context can't be made, or the database can't be reached. What is wrong with a connection string isn't shown.</exception>
    internal static async Task<EfSession> OpenAsync(Func<DbContext> create, EfMigratorOptions options, CancellationToken cancellationToken)
    {
        DbContext? context = null;
        try
        {
            context = create() ?? throw new DeploymentException($"The migrator of {options.Name} was given no context.");
            context.Database.SetCommandTimeout(options.StatementTimeout);
            var session = new EfSession(context);
            await session.Connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch (Exception error)
        {
            if (context is not null)
            {
                await context.DisposeAsync().ConfigureAwait(false);
            }

            switch (error)
            {
                case ArgumentException or FormatException:
                    // Such a message can have a part of the connection string in it, so it is neither shown nor kept.
                    throw new DeploymentException($"The context of {options.Name} can't be used: {error.GetType().Name}. If its connection string is wrong: the message isn't shown, because it may hold a password.");
                case DbException:
                    throw new DeploymentException($"The database {options.Name} can't be reached: {error.Message}", error);
                default:
                    throw;
            }
        }
    }

    /// <summary>The commands that bring operations about.</summary>
    /// <param name="operations">The operations.</param>
    /// <param name="model">The model that they lead to; null for an empty one.</param>
    internal IReadOnlyList<MigrationCommand> Generate(IReadOnlyList<MigrationOperation> operations, IModel? model) =>
        _context.GetService<IMigrationsSqlGenerator>().Generate(operations, model is null ? null : _context.GetService<IModelRuntimeInitializer>().Initialize(model));

    internal async Task<IReadOnlyList<string>> AppliedAsync(CancellationToken cancellationToken) =>
        [.. (await History.GetAppliedMigrationsAsync(cancellationToken).ConfigureAwait(false)).Select(row => row.MigrationId)];

    internal async Task<bool> HasAsync(string id, CancellationToken cancellationToken) =>
        (await AppliedAsync(cancellationToken).ConfigureAwait(false)).Contains(id, StringComparer.Ordinal);

    /// <summary>Writes a migration into EF Core's history, or takes it out.</summary>
    internal Task RecordAsync(string id, bool isApplied, CancellationToken cancellationToken) =>
        RunAsync(isApplied ? History.GetInsertScript(new HistoryRow(id, ProductInfo.GetVersion())) : History.GetDeleteScript(id), cancellationToken);

    internal Task RunAsync(string sql, CancellationToken cancellationToken) => Build(sql).ExecuteNonQueryAsync(Parameters(), cancellationToken);

    internal Task<object?> AskAsync(string sql, CancellationToken cancellationToken) => Build(sql).ExecuteScalarAsync(Parameters(), cancellationToken);

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private IRelationalCommand Build(string sql) => _context.GetService<IRawSqlCommandBuilder>().Build(sql);

    private RelationalCommandParameterObject Parameters() =>
        new(Connection, null, null, _context, _context.GetService<IRelationalCommandDiagnosticsLogger>(), CommandSource.Migrations);
}
