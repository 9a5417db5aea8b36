using Deployment.Commands;

namespace Deployment.Providers.EntityFrameworkCore;

/// <summary>How the migrations of a context are run.</summary>
public sealed class EfMigratorOptions
{
    /// <summary>The database's name, which runs claim: 1 to 63 letters, digits, '.' or '-'. Default <c>database</c>.</summary>
    public string Name { get; set; } = "database";

    /// <summary>On PostgreSQL, how long a statement waits for a lock before the migration is rolled back and tried again, because everybody queues behind one that waits: 1 ms to 5 min. Elsewhere the database's own setting counts. Default 500 ms.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a migration is tried again while its locks can't be had, at growing intervals with jitter: 0 to 1 h. Default 2 min.</summary>
    public TimeSpan LockPatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a command of a migration may run: 1 s to 24 h. Default 5 min.</summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long another migrator of the same database is waited for: 1 s to 1 h. Default 1 min.</summary>
    public TimeSpan MigratorPatience { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a deployment goes on though the context's model has changes that no migration has. Default false: it is refused.</summary>
    public bool IgnoreModelChanges { get; set; }

    /// <summary>
    /// The command that runs a script's file by hand, such as <c>file => Command.Of("psql", "-X", "-v", "ON_ERROR_STOP=1", "-f", file)</c>; it is printed and never run. Null: the runbook has
    /// the command that writes the file, and says that the database's own client runs it. Default null.
    /// </summary>
    public Func<string, Command>? ScriptCommand { get; set; }

    internal EfMigratorOptions Copy() => (EfMigratorOptions)MemberwiseClone();

    internal IEnumerable<string> Problems()
    {
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] ranges =
        [
            (nameof(LockTimeout), LockTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(5)),
            (nameof(LockPatience), LockPatience, TimeSpan.Zero, TimeSpan.FromHours(1)),
            (nameof(StatementTimeout), StatementTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            (nameof(MigratorPatience), MigratorPatience, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
        ];
        return from range in ranges
               where range.Value < range.Least || range.Value > range.Most
               select $"The {range.Name} of the migrator is {range.Value}; it must be {range.Least} to {range.Most}.";
    }
}
