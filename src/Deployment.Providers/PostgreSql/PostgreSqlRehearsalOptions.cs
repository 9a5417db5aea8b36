using Deployment.Providers.PostgreSql.Scratch;
using Deployment.Secrets;
using Deployment.Sql;

namespace Deployment.Providers.PostgreSql;

/// <summary>With what a rehearsal begins, and where it takes place. Without <see cref="Template"/> and <see cref="Backup"/> the database is made from nothing by the scripts.</summary>
public sealed class PostgreSqlRehearsalOptions
{
    /// <summary>The name of the database that is made and dropped: 1 to 63 bytes, without '_' and 16 hexadecimal digits at its end. Never the real one. Null for the real one's with <c>_rehearsal</c> and a number behind it. Default null.</summary>
    public string? ScratchName { get; set; }

    /// <summary>A database of the server of which it is a copy; nobody may be connected to it meanwhile. Never the real one: whoever is copied is closed to others. Default null.</summary>
    public string? Template { get; set; }

    /// <summary>A file of <c>pg_dump</c> in the custom format that is restored into it, such as a backup of a deployment. Default null.</summary>
    public string? Backup { get; set; }

    /// <summary>Where it is made from nothing: scripts up to this number are applied first and not rehearsed: at least 0. Null for none. Default null.</summary>
    public int? Baseline { get; set; }

    /// <summary>The database of the server to which it connects to make and drop others. Never the real one. Default <c>postgres</c>.</summary>
    public string MaintenanceDatabase { get; set; } = "postgres";

    /// <summary>The password: a data source doesn't tell its own. It reaches programs by their environment alone. Null where none is needed, or where PGPASSWORD or a password file has it. Default null.</summary>
    public Secret? Password { get; set; }

    /// <summary>The folder of <c>pg_dump</c> and <c>pg_restore</c>, which must not be older than the server; null for PATH. Default null.</summary>
    public string? Programs { get; set; }

    /// <summary>How scripts are run; as the pipeline says it.</summary>
    public SqlMigratorOptions Migrator { get; } = new();

    /// <summary>Gets progress; null for none. Default null.</summary>
    public Action<string>? Report { get; set; }

    internal IEnumerable<string> Problems(string real, string scratch)
    {
        if (scratch == real)
        {
            yield return $"The rehearsal would take place in {real} itself, which it never touches. Say another {nameof(ScratchName)}.";
        }

        if (scratch.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(scratch) > 63 || scratch.Any(char.IsControl) || scratch.Contains('=', StringComparison.Ordinal) || scratch.Contains("://", StringComparison.Ordinal))
        {
            yield return $"The {nameof(ScratchName)} can't be used: it must have 1 to 63 bytes, no control character, no '=' and no '://'.";
        }

        if (ScratchName is not null && ScratchDatabases.HasHash(ScratchName))
        {
            // By such a name a database is known as ours, and dropped, also where its mark is missing.
            yield return $"The {nameof(ScratchName)} can't end with '_' and 16 hexadecimal digits: such names are made by rehearsals themselves. Say another one, or none.";
        }

        if (MaintenanceDatabase == real)
        {
            yield return $"The {nameof(MaintenanceDatabase)} is {real} itself, which a rehearsal never touches. Say another one, such as template1.";
        }

        if (MaintenanceDatabase == scratch)
        {
            yield return $"The {nameof(MaintenanceDatabase)} is {scratch}, which is made and dropped. Say another one.";
        }

        if (Template == real)
        {
            yield return $"The {nameof(Template)} is {real} itself, which would be closed to others while it is copied. Take a {nameof(Backup)} of it.";
        }

        if (Template is not null && Template == scratch)
        {
            yield return $"The {nameof(Template)} is {scratch}, which is made and dropped. Say another {nameof(ScratchName)}.";
        }

        if (Template is not null && Backup is not null)
        {
            yield return $"The rehearsal begins with a {nameof(Template)} and with a {nameof(Backup)}. Say one.";
        }

        if (Baseline is < 0)
        {
            yield return $"The {nameof(Baseline)} is {Baseline}; it must be 0 or more.";
        }

        if (Baseline is not null && (Template is not null || Backup is not null))
        {
            yield return $"A {nameof(Baseline)} is for a database that is made from nothing: a {nameof(Template)} or a {nameof(Backup)} knows what was applied.";
        }

        if (Backup is not null && !File.Exists(Backup))
        {
            yield return $"The {nameof(Backup)} {Backup} is not there.";
        }
    }
}
