namespace Deployment.Migrations;

/// <summary>Says which databases a release needs changed, and when that is done. Packages add methods such as <c>FromScripts</c>.</summary>
public sealed class MigrationsBuilder
{
    private readonly List<IMigrator> _migrators = [];
    private readonly List<string> _errors = [];
    private readonly List<(IMigrator? Migrator, IDatabaseBackup Backup)> _backups = [];
    private readonly MigrationOptions _options = new();

    internal MigrationsBuilder()
    {
    }

    /// <summary>Adds a migrator. Several are asked in this order.</summary>
    public MigrationsBuilder From(IMigrator migrator)
    {
        ArgumentNullException.ThrowIfNull(migrator);
        _migrators.Add(migrator);
        return this;
    }

    /// <summary>Adds a database that commands migrate, such as <c>flyway migrate</c> or a script of yours. No shell reads them.</summary>
    /// <param name="name">The database's name, which runs claim: 1 to 63 letters, digits, '.' or '-'.</param>
    /// <param name="configure">The migrations, in order.</param>
    public MigrationsBuilder FromCommands(string name, Action<CommandMigrationsBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        var commands = new CommandMigrationsBuilder(name);
        configure(commands);
        if (commands.Build(_errors) is { } migrator)
        {
            _migrators.Add(migrator);
        }

        return this;
    }

    /// <summary>Has a backup before the database of the migrator that was added last is changed: before its expands and backfills, and again before its contracts. Without one that is proven, nothing is changed.</summary>
    public MigrationsBuilder RequireBackup(IDatabaseBackup backup)
    {
        ArgumentNullException.ThrowIfNull(backup);
        _backups.Add((_migrators.LastOrDefault(), backup));
        return this;
    }

    /// <summary>Sets when migrations are applied, and what a failure does then.</summary>
    public MigrationsBuilder With(Action<MigrationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_options);
        return this;
    }

    internal MigrationsDefinition? Build(List<string> errors)
    {
        string[] problems =
        [
            .. _errors,
            .. _migrators.Count == 0 && _errors.Count == 0 ? ["The pipeline migrates nothing. Add a migrator, such as FromScripts(...)."] : Array.Empty<string>(),
            .. _migrators.Select(migrator => Releases.Naming.Problem("migrator", migrator.Name)).OfType<string>(),
            .. _options.Problems(),
            .. _backups.Any(backup => backup.Migrator is null) ? ["A backup is required of no database. Add the migrator before it, such as FromScripts(...).RequireBackup(...)."] : Array.Empty<string>(),
            .. _backups.GroupBy(backup => backup.Migrator).Where(same => same.Key is not null && same.Count() > 1).Select(same => $"{same.Key!.Name} is to have {same.Count()} backups. Say which one."),
            .. _backups.Select(backup => backup.Backup.Timeout).Where(timeout => timeout < TimeSpan.FromMilliseconds(10) || timeout > TimeSpan.FromHours(24)).Select(timeout => $"The time-out of a backup is {timeout}; it must be 10 ms to 24 h."),
        ];
        errors.AddRange(problems);
        return problems.Length > 0 ? null : new MigrationsDefinition([.. _migrators.Select(migrator => new MigrationResource(migrator, _backups.FirstOrDefault(backup => backup.Migrator == migrator).Backup))], _options.Copy());
    }
}
