using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Commands;
using Deployment.Secrets;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Scratch;

/// <summary>Where a server is, for Npgsql and for PostgreSQL's own programs. What is secret goes through the environment.</summary>
internal sealed class PgAddress
{
    private readonly NpgsqlConnectionStringBuilder _address;
    private readonly Secret? _password;
    private readonly string? _programs;

    /// <param name="connectionString">As the data source has it, which keeps no password.</param>
    /// <param name="password">The password; null where none is needed, or libpq finds it itself.</param>
    /// <param name="programs">The folder of the programs; null for PATH.</param>
    internal PgAddress(string connectionString, Secret? password, string? programs)
    {
        _address = new NpgsqlConnectionStringBuilder(connectionString);
        _password = password ?? (_address.Password is { Length: > 0 } known ? new Secret(known) : null);
        _address.Password = null;
        _programs = programs;
    }

    /// <summary>The database that the data source is of.</summary>
    internal string Database => _address.Database is { Length: > 0 } database ? database : _address.Username ?? Environment.UserName;

    /// <summary>A name that no database of another server, and no other one of this server, has: the database's own, and a hash of where it is.</summary>
    internal string Identity
    {
        get
        {
            string where = string.Create(CultureInfo.InvariantCulture, $"{_address.Host?.ToLowerInvariant()}\n{_address.Port}\n{Database}");
            string readable = string.Concat(Database.Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-').Take(30));
            return $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(where)))[..12]}";
        }
    }

    /// <summary>Connections to a database of the server, none of them kept: a database with one can't be dropped.</summary>
    internal NpgsqlDataSource Open(string database, bool pooling = false)
    {
        var address = new NpgsqlConnectionStringBuilder(_address.ConnectionString) { Database = database, Pooling = pooling, Password = _password?.Reveal(), TcpKeepAlive = true, ApplicationName = "deployment" };
        return NpgsqlDataSource.Create(address);
    }

    /// <summary>A command line of PostgreSQL's, for a database of the server.</summary>
    internal Command CommandOf(string program, string database, params IEnumerable<string> arguments) =>
        Command.Of(_programs is null ? program : Path.Combine(_programs, program), [.. arguments]) with
        {
            Environment = EnvironmentOf(database),
            SecretEnvironment = _password is null ? ImmutableSortedDictionary<string, Secret>.Empty : ImmutableSortedDictionary<string, Secret>.Empty.Add("PGPASSWORD", _password),
        };

    private ImmutableSortedDictionary<string, string> EnvironmentOf(string database)
    {
        (string Name, string? Value)[] variables =
        [
            ("PGHOST", _address.Host),
            ("PGPORT", _address.Port.ToString(CultureInfo.InvariantCulture)),
            ("PGDATABASE", database),
            ("PGUSER", _address.Username),
            ("PGPASSFILE", _address.Passfile),
            ("PGSSLMODE", _address.ContainsKey("SSL Mode") ? SslMode(_address.SslMode) : null),
            ("PGSSLROOTCERT", _address.RootCertificate),
            ("PGSSLCERT", _address.SslCertificate),
            ("PGSSLKEY", _address.SslKey),
            // What they print is read.
            ("LC_ALL", "C"),
        ];
        return variables.Where(variable => !string.IsNullOrEmpty(variable.Value)).ToImmutableSortedDictionary(variable => variable.Name, variable => variable.Value!, StringComparer.Ordinal);
    }

    private static string SslMode(SslMode mode) => mode switch
    {
        Npgsql.SslMode.VerifyCA => "verify-ca",
        Npgsql.SslMode.VerifyFull => "verify-full",
        _ => mode.ToString().ToLowerInvariant(),
    };
}
