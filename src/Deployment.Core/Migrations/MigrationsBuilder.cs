namespace Deployment.Migrations;

/// <summary>Says which databases a release needs changed, and when that is done. Packages add methods such as <c>FromScripts</c>.</summary>
public sealed class MigrationsBuilder
{
    private readonly List<IMigrator> _migrators = [];
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
            .. _migrators.Count == 0 ? ["The pipeline migrates nothing. Add a migrator, such as FromScripts(...)."] : Array.Empty<string>(),
            .. _migrators.Select(migrator => Releases.Naming.Problem("migrator", migrator.Name)).OfType<string>(),
            .. _options.Problems(),
        ];
        errors.AddRange(problems);
        return problems.Length > 0 ? null : new MigrationsDefinition([.. _migrators.Select(migrator => new MigrationResource(migrator))], _options.Copy());
    }
}
