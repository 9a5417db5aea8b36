using System.Data.Common;
using Deployment.Commands;
using Deployment.Providers.PostgreSql.Scratch;
using Deployment.Sql;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Rehearsals;

/// <summary>A database of the server in which migrations are rehearsed.</summary>
internal sealed class PgScratch : SqlScratch
{
    private readonly PgAddress _address;
    private readonly string _name;
    private readonly PostgreSqlRehearsalOptions _options;
    private readonly PgPrograms _programs;

    internal PgScratch(PgAddress address, string name, PostgreSqlRehearsalOptions options)
    {
        (_address, _name, _options) = (address, name, options);
        _programs = new PgPrograms(address, new CommandRunner(TimeProvider.System), options.Report ?? (_ => { }));
    }

    public override Task<DbDataSource> CreateAsync(CancellationToken cancellationToken) => WithServerAsync(async server =>
    {
        await ScratchDatabases.CreateAsync(server, _name, $"a rehearsal for {_address.Database}", _address.Database, _options.Template, cancellationToken).ConfigureAwait(false);
        if (_options.Backup is { } backup)
        {
            await _programs.RestoreAsync(backup, _name, cancellationToken).ConfigureAwait(false);
        }

        return (DbDataSource)_address.Open(_name, pooling: true);
    }, cancellationToken);

    public override Task<string> SchemaAsync(IReadOnlyList<string> without, CancellationToken cancellationToken) => _programs.SchemaAsync(_name, null, without, cancellationToken);

    public override async Task<IReadOnlyDictionary<string, string>> RowsAsync(IReadOnlyList<string> without, CancellationToken cancellationToken)
    {
        await using NpgsqlDataSource source = _address.Open(_name);
        await using NpgsqlConnection connection = await PgSession.OpenAsync(source, cancellationToken).ConfigureAwait(false);
        return await TableSums.OfAsync(connection, [.. without.SelectMany(table => table.Contains('.', StringComparison.Ordinal) ? [table] : new[] { $"public.{table}" })], _ => { }, cancellationToken).ConfigureAwait(false);
    }

    public override Task DropAsync(CancellationToken cancellationToken) => WithServerAsync(async server =>
    {
        await ScratchDatabases.DropAsync(server, _name, cancellationToken).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    private async Task<T> WithServerAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlDataSource source = _address.Open(_options.MaintenanceDatabase);
            await using NpgsqlConnection server = await PgSession.OpenAsync(source, cancellationToken).ConfigureAwait(false);
            return await work(server).ConfigureAwait(false);
        }
        catch (NpgsqlException error)
        {
            throw new DeploymentException($"The database {_name} can't be made or dropped: {error.Message}", error);
        }
    }
}
