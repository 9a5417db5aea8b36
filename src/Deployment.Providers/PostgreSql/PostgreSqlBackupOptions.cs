using Deployment.Secrets;

namespace Deployment.Providers.PostgreSql;

/// <summary>How a database is backed up, and the backup tried, before it is changed.</summary>
public sealed class PostgreSqlBackupOptions
{
    /// <summary>The folder of backups, which only its owner can read. Each run has a folder of its own in it. Required.</summary>
    public string? Folder { get; set; }

    /// <summary>How many backups of the database are kept, this one included; older ones are removed once it is proven: 1 to 1,000. Default 5.</summary>
    public int Keep { get; set; } = 5;

    /// <summary>How long dumping, restoring and comparing may take: 1 s to 24 h. Default 1 h.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The password: a data source doesn't tell its own. It reaches the programs by their environment alone. Null where none is needed, or where PGPASSWORD or a password file has it. Default null.</summary>
    public Secret? Password { get; set; }

    /// <summary>The folder of <c>pg_dump</c> and <c>pg_restore</c>, which must not be older than the server; null for PATH. Default null.</summary>
    public string? Programs { get; set; }

    internal PostgreSqlBackupOptions Copy() => (PostgreSqlBackupOptions)MemberwiseClone();

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Folder))
        {
            yield return $"The {nameof(Folder)} of the backup is missing. Say where backups are kept.";
        }

        if (Keep is < 1 or > 1000)
        {
            yield return $"The {nameof(Keep)} of the backup is {Keep}; it must be 1 to 1,000.";
        }

        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromHours(24))
        {
            yield return $"The {nameof(Timeout)} of the backup is {Timeout}; it must be 00:00:01 to 1.00:00:00.";
        }
    }
}
