namespace Deployment.Sql;

/// <summary>How scripts are run against a database.</summary>
public sealed class SqlMigratorOptions
{
    /// <summary>The database's name, which runs claim: 1 to 63 letters, digits, '.' or '-'. Default <c>database</c>.</summary>
    public string Name { get; set; } = "database";

    /// <summary>The table that keeps what was applied; made by the first migration. With its schema, such as <c>ops.deployment_migrations</c>, where it isn't the first of the search path. Default <c>deployment_migrations</c>.</summary>
    public string HistoryTable { get; set; } = "deployment_migrations";

    /// <summary>How long a statement waits for a lock of the database before the script is rolled back and tried again, because everybody queues behind one that waits: 1 ms to 5 min. Default 500 ms.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a script is tried again while its locks can't be had, at growing intervals with jitter: 0 to 1 h. Default 2 min.</summary>
    public TimeSpan LockPatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a statement may run: 1 s to 24 h. Default 5 min.</summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long another migrator of the same database is waited for: 0 to 1 h. Default 1 min.</summary>
    public TimeSpan MigratorPatience { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For a database that was made by other means: scripts up to this number count as applied, and are recorded by the first migration. Null for none. Where
    /// the table of Flyway or of EF Core is there, what it says counts without it. Default null.
    /// </summary>
    public int? Baseline { get; set; }

    /// <summary>How long a backfill rests between two batches: 0 to 1 min. Default 0.</summary>
    public TimeSpan BatchPause { get; set; }

    /// <summary>How far replicas may be behind before a backfill waits for them: 0 for never mind, to 1 h. Default 10 s.</summary>
    public TimeSpan MaxReplicaLag { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A query that is asked before each batch: while it answers true, or a number other than 0, the backfill waits. Null for none. Default null.</summary>
    public string? ThrottleQuery { get; set; }

    internal SqlMigratorOptions Copy() => (SqlMigratorOptions)MemberwiseClone();

    internal IEnumerable<string> Problems()
    {
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] ranges =
        [
            (nameof(LockTimeout), LockTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(5)),
            (nameof(LockPatience), LockPatience, TimeSpan.Zero, TimeSpan.FromHours(1)),
            (nameof(StatementTimeout), StatementTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            (nameof(BatchPause), BatchPause, TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            (nameof(MaxReplicaLag), MaxReplicaLag, TimeSpan.Zero, TimeSpan.FromHours(1)),
            (nameof(MigratorPatience), MigratorPatience, TimeSpan.Zero, TimeSpan.FromHours(1)),
        ];
        foreach ((string name, TimeSpan value, TimeSpan least, TimeSpan most) in ranges.Where(range => range.Value < range.Least || range.Value > range.Most))
        {
            yield return $"The {name} of the migrator is {value}; it must be {least} to {most}.";
        }

        if (HistoryTable is null || HistoryTable.Split('.') is not { Length: 1 or 2 } parts || parts.Any(part => part.Length is 0 or > 63 || !part.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '_') || char.IsAsciiDigit(part[0])))
        {
            yield return $"The HistoryTable of the migrator can't be used: take 1 to 63 lower-case letters, digits or '_', with a schema of the same before a '.' if need be.";
        }

        if (Baseline < 0)
        {
            yield return $"The Baseline of the migrator is {Baseline}; it must be 0 or more.";
        }
    }
}
