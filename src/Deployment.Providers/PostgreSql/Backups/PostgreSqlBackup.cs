using System.Globalization;
using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Providers.PostgreSql.Scratch;
using Deployment.Runbooks;
using Deployment.Sql;
using Deployment.Targets;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Backups;

/// <summary>Dumps a database, restores the dump into one that is dropped again, and compares the two as they were at one moment. Not sealed: tests turn its safeguards off.</summary>
internal class PostgreSqlBackup : IDatabaseBackup
{
    private readonly PgAddress _address;
    private readonly PostgreSqlBackupOptions _options;

    internal PostgreSqlBackup(string connectionString, PostgreSqlBackupOptions options) => (_address, _options) = (new PgAddress(connectionString, options.Password, options.Programs), options);

    public TimeSpan Timeout => _options.Timeout;

    public IReadOnlyList<Prerequisite> Prerequisites => [new Prerequisite("The programs pg_dump and pg_restore must be installed, not older than the server, and the user must be allowed to create databases.", [])];

    /// <summary>The folder has the run's name, which is known when it runs.</summary>
    public VerbDescription Describe(string database)
    {
        const string Copy = "restore_by_hand";
        string folder = Path.Combine(_options.Folder!, "by-hand");
        string file = Path.Combine(folder, $"{database}.dump");
        return new VerbDescription(
            [
                Command.Of("mkdir", "-p", "-m", "700", folder).ToString(),
                Command.Of("pg_dump", [.. PgPrograms.DumpArguments(file)]).ToString(),
                Command.Of("createdb", "--template=template0", Copy).ToString(),
                Command.Of("pg_restore", [.. PgPrograms.RestoreArguments(Copy), file]).ToString(),
                Command.Of("dropdb", Copy).ToString(),
            ],
            $"{Path.Combine(_options.Folder!, _address.Identity, "RUN", $"{database}.dump")} was restored into a database of its own, which is dropped, and is what {database} was in the snapshot of the dump. The {_options.Keep} newest are kept.",
            "The schema (without owners and rights), the number and a checksum of each table's rows, how far sequences have come, the number of large objects; the journal has the file with its size and SHA-256.");
    }

    public async Task SecureAsync(string database, EffectContext context, CancellationToken cancellationToken)
    {
        long begin = context.TimeProvider.GetTimestamp();
        BackupFiles files = FilesOf(database, context);
        try
        {
            await using NpgsqlDataSource source = _address.Open(_address.Database);
            await using NpgsqlConnection server = await PgSession.OpenAsync(source, cancellationToken).ConfigureAwait(false);
            await using BackupLock alone = await BackupLock.TakeAsync(server, context, cancellationToken).ConfigureAwait(false);
            await LeftBehindAsync(server, context, cancellationToken).ConfigureAwait(false);
            files.Prepare();
            var programs = new PgPrograms(_address, context.Commands, context.Report);
            BackupSource seen = await DumpAsync(source, programs, files.Partial, context, cancellationToken).ConfigureAwait(false);
            await DumpedAsync(files.Partial, cancellationToken).ConfigureAwait(false);
            context.Record("size", new FileInfo(files.Partial).Length.ToString(CultureInfo.InvariantCulture));
            context.Record("sha256", await BackupFiles.HashAsync(files.Partial, cancellationToken).ConfigureAwait(false));
            await TryAsync(server, programs, files.Partial, seen, context, cancellationToken).ConfigureAwait(false);
            files.Keep();
            context.Record("file", files.Whole);
            context.Record("compared", string.Create(CultureInfo.InvariantCulture, $"the schema, {TableSums.Rows(seen.Sums)} rows of {seen.Sums.Count - 1} tables by their checksums, {seen.SequencesBefore.Count} sequences, {seen.Sums["large objects"]} large objects"));
            context.Record("duration", context.TimeProvider.GetElapsedTime(begin).ToString("c", CultureInfo.InvariantCulture));
            Retain(files, context);
        }
        catch (Exception error) when (error is NpgsqlException or DeploymentException or IOException)
        {
            throw new DeploymentException($"There is no backup of {database} that can be restored, so nothing is changed: {error.Message}", error);
        }
        finally
        {
            files.Discard();
        }
    }

    public async Task CleanUpAsync(string database, EffectContext context, CancellationToken cancellationToken)
    {
        await using NpgsqlDataSource source = _address.Open(_address.Database);
        await using NpgsqlConnection server = await PgSession.OpenAsync(source, cancellationToken).ConfigureAwait(false);
        await using BackupLock alone = await BackupLock.TakeAsync(server, context, cancellationToken).ConfigureAwait(false);
        await LeftBehindAsync(server, context, cancellationToken).ConfigureAwait(false);
        FilesOf(database, context).Discard();
    }

    /// <summary>Whether the dump is of the snapshot to which it is compared.</summary>
    protected virtual bool SharesSnapshot => true;

    /// <summary>Called when the dump stands, before it is tried.</summary>
    protected virtual Task DumpedAsync(string file, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called when the snapshot is taken, before the dump.</summary>
    protected virtual Task SnapshotTakenAsync() => Task.CompletedTask;

    /// <summary>Called when the scratch database is there.</summary>
    protected virtual Task ScratchMadeAsync(string name) => Task.CompletedTask;

    private BackupFiles FilesOf(string database, EffectContext context) => new(_options.Folder!, _address.Identity, database, context.RunId);

    private string Scratch(EffectContext context) => ScratchDatabases.NameOf(_address.Database, "restore", context.RunId);

    private string Owner => $"the restore of a backup of {_address.Database}";

    /// <summary>Under the lock: what bears the mark is of processes that died, of this run or another. One that died before it could mark its own has the run's name.</summary>
    private async Task LeftBehindAsync(NpgsqlConnection server, EffectContext context, CancellationToken cancellationToken)
    {
        int dropped = await ScratchDatabases.DropAllAsync(server, Owner, cancellationToken).ConfigureAwait(false);
        await ScratchDatabases.DropAsync(server, Scratch(context), cancellationToken).ConfigureAwait(false);
        if (dropped > 0)
        {
            context.Report("A database that a backup left behind when its process died was dropped.");
        }
    }

    /// <summary>Others write meanwhile: the dump and what it is compared with are of one snapshot, which lasts as long as its transaction.</summary>
    private async Task<BackupSource> DumpAsync(NpgsqlDataSource source, PgPrograms programs, string file, EffectContext context, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection reader = await PgSession.OpenAsync(source, cancellationToken).ConfigureAwait(false);
        await using NpgsqlTransaction transaction = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        string? snapshot = await PgSession.AskAsync<string>(reader, "SELECT pg_catalog.pg_export_snapshot()", cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, long> before = await SequenceValues.OfAsync(reader, cancellationToken).ConfigureAwait(false);
        await SnapshotTakenAsync().ConfigureAwait(false);
        context.Report("Dumping.");
        snapshot = SharesSnapshot ? snapshot : null;
        await programs.DumpAsync(_address.Database, file, snapshot, cancellationToken).ConfigureAwait(false);
        string schema = await programs.SchemaAsync(_address.Database, snapshot, [], cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, long> after = await SequenceValues.OfAsync(reader, cancellationToken).ConfigureAwait(false);
        return new BackupSource(schema, await TableSums.OfAsync(reader, [], context.Report, cancellationToken).ConfigureAwait(false), before, after);
    }

    private async Task TryAsync(NpgsqlConnection server, PgPrograms programs, string file, BackupSource seen, EffectContext context, CancellationToken cancellationToken)
    {
        string scratch = Scratch(context);
        try
        {
            context.Report($"Restoring into {scratch}.");
            await ScratchDatabases.CreateAsync(server, scratch, Owner, _address.Database, template: null, cancellationToken).ConfigureAwait(false);
            await ScratchMadeAsync(scratch).ConfigureAwait(false);
            await programs.RestoreAsync(file, scratch, cancellationToken).ConfigureAwait(false);
            await CompareAsync(programs, scratch, seen, context, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Whoever gave up has not given up this: an own connection, since a query that was cancelled may have cost the other one.
            await using NpgsqlDataSource source = _address.Open(_address.Database);
            await using NpgsqlConnection own = await PgSession.OpenAsync(source, CancellationToken.None).ConfigureAwait(false);
            await ScratchDatabases.DropAsync(own, scratch, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task CompareAsync(PgPrograms programs, string scratch, BackupSource seen, EffectContext context, CancellationToken cancellationToken)
    {
        context.Report("Comparing.");
        string difference = SqlSchemaText.Difference(seen.Schema, await programs.SchemaAsync(scratch, null, [], cancellationToken).ConfigureAwait(false));
        await using NpgsqlDataSource copy = _address.Open(scratch);
        await using NpgsqlConnection reader = await PgSession.OpenAsync(copy, cancellationToken).ConfigureAwait(false);
        string[] wrong =
        [
            .. difference.Length > 0 ? [$"the schema is another one:\n{difference}"] : Array.Empty<string>(),
            .. TableSums.Differences(seen.Sums, await TableSums.OfAsync(reader, [], context.Report, cancellationToken).ConfigureAwait(false)),
            .. SequenceValues.Differences(seen.SequencesBefore, seen.SequencesAfter, await SequenceValues.OfAsync(reader, cancellationToken).ConfigureAwait(false)),
        ];
        if (wrong.Length > 0)
        {
            throw new DeploymentException($"what was restored is not what was dumped: {string.Join("; ", wrong)}");
        }
    }

    /// <summary>A backup that can't be removed is no reason not to deploy.</summary>
    private void Retain(BackupFiles files, EffectContext context)
    {
        try
        {
            IReadOnlyList<string> removed = files.Retain(_options.Keep);
            if (removed.Count > 0)
            {
                context.Record("removed", string.Join('\n', removed));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Record("not removed", error.Message);
        }
    }
}
