using Deployment.Commands;

namespace Deployment.Migrations;

/// <summary>Declares the migrations of one database that commands make, such as those of a tool.</summary>
public sealed class CommandMigrationsBuilder
{
    private readonly List<CommandMigration> _migrations = [];
    private readonly List<string> _errors = [];
    private readonly string _name;

    internal CommandMigrationsBuilder(string name) => _name = name;

    /// <summary>Adds a migration. They are applied in this order.</summary>
    /// <param name="id">What it is called, unique in the database: 1 to 120 characters on one line.</param>
    /// <param name="phase">The part of the schema's change that it is.</param>
    /// <param name="command">What applies it: it ends with exit code 0 when all of it is done. Its own time-out counts, and that of <see cref="MigrationOptions"/>.</param>
    /// <param name="configure">How it is undone, which must be said; how it is verified; and how one asks whether it was applied.</param>
    public CommandMigrationsBuilder Add(string id, MigrationPhase phase, Command command, Action<CommandMigrationBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new CommandMigrationBuilder();
        configure(builder);
        if (builder.Build(id, phase, command, _name, _errors) is { } migration)
        {
            _migrations.Add(migration);
        }

        return this;
    }

    internal CommandMigrator? Build(List<string> errors)
    {
        if (_migrations.Count == 0 && _errors.Count == 0)
        {
            _errors.Add($"The database '{Releases.Naming.Printable(_name)}' has no commands that migrate it. Add one.");
        }

        errors.AddRange(_errors);
        return _errors.Count > 0 ? null : new CommandMigrator(_name, _migrations);
    }
}
