using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Scratch;

/// <summary>Databases that are made to try something, and dropped. Each bears a mark, by which what a dead process left behind is known.</summary>
internal static class ScratchDatabases
{
    private const string Mark = "Made by a deployment to try something, and dropped by it: ";

    /// <summary>A name of its own for each purpose, which nobody has by chance.</summary>
    /// <param name="database">The database that it stands for.</param>
    /// <param name="purpose">What it is for, in a word.</param>
    /// <param name="key">What it is for, exactly.</param>
    internal static string NameOf(string database, string purpose, string key)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}/{database}/{key}")))[..16];
        return Prefix(database, purpose) + hash;
    }

    /// <summary>Makes one, in the encoding and with the locale of a database that is there; what is there under its name is dropped first, if it was made by this.</summary>
    /// <param name="server">A connection to another database of the server.</param>
    /// <param name="name">Its name.</param>
    /// <param name="owner">What it is for: the one that drops what was left behind asks by it.</param>
    /// <param name="like">The database whose encoding and locale it has.</param>
    /// <param name="template">What it is a copy of; null for an empty one.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task CreateAsync(NpgsqlConnection server, string name, string owner, string like, string? template, CancellationToken cancellationToken)
    {
        await DropAsync(server, name, cancellationToken).ConfigureAwait(false);
        string locale = template is null ? await LocaleAsync(server, like, cancellationToken).ConfigureAwait(false) : "";
        await PgSession.RunAsync(server, $"CREATE DATABASE {Quoted(name)} TEMPLATE {Quoted(template ?? "template0")}{locale}", cancellationToken).ConfigureAwait(false);
        // Not to be cancelled: without its mark nobody would know it again.
        await PgSession.RunAsync(server, $"COMMENT ON DATABASE {Quoted(name)} IS {Literal(Mark + owner)}", CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Drops one, with whoever is connected to it. One that is not there is dropped already; one that is somebody else's stays, and is an error.</summary>
    internal static async Task DropAsync(NpgsqlConnection server, string name, CancellationToken cancellationToken)
    {
        if (await PgSession.AskAsync<string>(server, "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = $1", cancellationToken, name).ConfigureAwait(false) is not { } mark)
        {
            return;
        }

        if (!mark.StartsWith(Mark, StringComparison.Ordinal) && !HasHash(name))
        {
            throw new DeploymentException($"The database {name} is there, and was not made to try something: it is left alone. Drop it yourself, or let another name be used.");
        }

        await PgSession.RunAsync(server, $"DROP DATABASE IF EXISTS {Quoted(name)} WITH (FORCE)", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Drops all that were made for one owner; the caller knows that none of them is in use.</summary>
    internal static async Task<int> DropAllAsync(NpgsqlConnection server, string owner, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> left = await PgSession.ReadAsync(server, "SELECT datname::text FROM pg_database WHERE shobj_description(oid, 'pg_database') = $1", row => row.GetString(0), cancellationToken, Mark + owner).ConfigureAwait(false);
        foreach (string name in left)
        {
            await DropAsync(server, name, cancellationToken).ConfigureAwait(false);
        }

        return left.Count;
    }

    /// <summary>The names of all that were made for one owner, and of those that have the name alone, because whoever made them died before he marked them.</summary>
    /// <param name="server">A connection to another database of the server.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="database">The database that they stand for.</param>
    /// <param name="purpose">What they are for, in a word.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal static async Task<IReadOnlyList<string>> AllOfAsync(NpgsqlConnection server, string owner, string database, string purpose, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT datname::text, shobj_description(oid, 'pg_database') IS NOT NULL FROM pg_database
            WHERE shobj_description(oid, 'pg_database') = $1 OR (shobj_description(oid, 'pg_database') IS NULL AND starts_with(datname, $2))
            """;
        IReadOnlyList<(string Name, bool IsMarked)> found = await PgSession.ReadAsync(server, Sql, row => (row.GetString(0), row.GetBoolean(1)), cancellationToken, Mark + owner, Prefix(database, purpose)).ConfigureAwait(false);
        return [.. found.Where(one => one.IsMarked || HasHash(one.Name)).Select(one => one.Name)];
    }

    internal static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Prefix(string database, string purpose) => $"{string.Concat(database.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c == '_').Take(30))}_{purpose}_";

    private static string Literal(string text) => text.Contains('\\', StringComparison.Ordinal) ? $" E'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'" : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Whether a name is of the form that is ours alone. A process that died between making a database and marking it left one with the name alone.</summary>
    internal static bool HasHash(string name) => name.LastIndexOf('_') is > 0 and int at && name[(at + 1)..] is { Length: 16 } hash && hash.All(char.IsAsciiHexDigitLower);

    /// <summary>Columns have other names in other versions, so they are read as JSON.</summary>
    private static async Task<string> LocaleAsync(NpgsqlConnection server, string like, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT format(' ENCODING %L LC_COLLATE %L LC_CTYPE %L', pg_encoding_to_char(encoding), datcollate, datctype)
                || CASE to_jsonb(d)->>'datlocprovider'
                    WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale'))
                    WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', to_jsonb(d)->>'datlocale')
                    ELSE '' END
            FROM pg_database d WHERE datname = $1
            """;
        return await PgSession.AskAsync<string>(server, Sql, cancellationToken, like).ConfigureAwait(false) ?? "";
    }
}
