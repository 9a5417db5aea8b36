using System.Data.Common;
using System.Security.Cryptography;
using Deployment.Commands;
using Deployment.Providers.PostgreSql.Scratch;
using Deployment.Sql;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Rehearsals;

/// <summary>A database of the server in which migrations are rehearsed.</summary>
internal sealed class PgScratch : SqlScratch
{
    private const string Purpose = "rehearsal";
    private readonly PgAddress _address;
    private readonly string _name;
    private readonly PostgreSqlRehearsalOptions _options;
    private readonly PgPrograms _programs;
    private PgScratchUse? _use;

    internal PgScratch(PgAddress address, string name, PostgreSqlRehearsalOptions options)
    {
        (_address, _name, _options) = (address, name, options);
        _programs = new PgPrograms(address, new CommandRunner(TimeProvider.System), options.Report ?? (_ => { }));
    }

    public override Task<DbDataSource> CreateAsync(CancellationToken cancellationToken) => WithServerAsync(async server =>
    {
        if (_use is null)
        {
            _use = await PgScratchUse.TakeAsync(_address.Open(_options.MaintenanceDatabase), _name, cancellationToken).ConfigureAwait(false);
            await _use.DropUnusedAsync(Owner, _address.Database, Purpose, cancellationToken).ConfigureAwait(false);
        }

        await ScratchDatabases.CreateAsync(server, _name, Owner, _address.Database, _options.Template, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Whoever has not got the name has made nothing, and leaves what is there to who has it.</summary>
    public override async Task DropAsync(CancellationToken cancellationToken)
    {
        if (_use is null)
        {
            return;
        }

        await WithServerAsync(async server =>
        {
            await ScratchDatabases.DropAsync(server, _name, cancellationToken).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        await _use.DisposeAsync().ConfigureAwait(false);
        _use = null;
    }

    /// <summary>A name of its own for each rehearsal: two may take place at once.</summary>
    internal static string NewName(string database) => ScratchDatabases.NameOf(database, Purpose, RandomNumberGenerator.GetHexString(32));

    /// <summary>With where its use is locked: who looks elsewhere could not tell whether it is in use.</summary>
    private string Owner => $"a rehearsal for {_address.Database}, in use as long as its lock in {_options.MaintenanceDatabase} is held";

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
