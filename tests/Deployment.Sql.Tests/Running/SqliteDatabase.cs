using System.Data.Common;
using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Secrets;
using Deployment.Targets;
using Microsoft.Data.Sqlite;

namespace Deployment.Sql.Tests.Running;

/// <summary>A database of SQLite, which is nothing like PostgreSQL, with a folder of scripts for it.</summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sqlite-").FullName;
    private readonly DbDataSource _locks;
    private readonly bool _hasTransactionalSchema;

    internal SqliteDatabase(bool hasTransactionalSchema = true)
    {
        SQLitePCL.Batteries_V2.Init();
        _hasTransactionalSchema = hasTransactionalSchema;
        Source = SqliteFactory.Instance.CreateDataSource($"Data Source={Path.Combine(_root, "shop.db")};Pooling=False");
        // A transaction of SQLite locks all of its file.
        _locks = SqliteFactory.Instance.CreateDataSource($"Data Source={Path.Combine(_root, "shop.db.migrators")};Pooling=False;Default Timeout=1");
        Directory.CreateDirectory(Folder);
    }

    internal DbDataSource Source { get; }

    internal string Folder => Path.Combine(_root, "scripts");

    internal EffectContext Context { get; } = new("run-1", "step-1", 1, new CommandRunner(TimeProvider.System), new EnvironmentSecretStore(), TimeProvider.System);

    internal SqlDialect Dialect() => new PlainSqlDialect(_locks, options => options.HasTransactionalSchema = _hasTransactionalSchema);

    internal SqlMigrator Migrator(SqlDialect? dialect = null, Action<SqlMigratorOptions>? configure = null) => new(Folder, Source, dialect ?? Dialect(), options =>
    {
        options.Name = "shop";
        configure?.Invoke(options);
    });

    internal void Expand(string name, string script, string undo)
    {
        File.WriteAllText(Path.Combine(Folder, $"{name}.expand.sql"), script);
        File.WriteAllText(Path.Combine(Folder, $"{name}.expand.undo.sql"), undo);
    }

    internal async Task<Migration> FindAsync(string id) => (await Migrator().ObserveAsync(CancellationToken.None)).Known.Single(migration => migration.Id == id);

    internal async Task<string[]> AppliedAsync() => [.. (await Migrator().ObserveAsync(CancellationToken.None)).Applied.Select(one => one.Id)];

    internal async Task RunAsync(string sql)
    {
        await using DbCommand command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    internal async Task<object?> AskAsync(string sql)
    {
        await using DbCommand command = Source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await _locks.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }
}
