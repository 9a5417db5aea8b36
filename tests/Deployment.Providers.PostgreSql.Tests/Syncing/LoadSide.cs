namespace Deployment.Providers.PostgreSql.Tests.Syncing;

/// <summary>The SQL of a release: it knows its own columns alone.</summary>
/// <param name="Columns">What it writes.</param>
/// <param name="Values">Their values, of the number <c>@value</c>.</param>
/// <param name="Read">The number again.</param>
public sealed record LoadSide(IReadOnlyList<string> Columns, IReadOnlyList<string> Values, string Read)
{
    internal string Insert => $"INSERT INTO shop.orders (id, {string.Join(", ", Columns)}) VALUES (@id, {string.Join(", ", Values)}) RETURNING version";

    internal string Update => $"UPDATE shop.orders SET {string.Join(", ", Columns.Zip(Values).Select(pair => $"{pair.First} = {pair.Second}"))}, version = version + 1 WHERE id = @id RETURNING version";

    internal string Upsert => $"INSERT INTO shop.orders (id, {string.Join(", ", Columns)}) VALUES (@id, {string.Join(", ", Values)}) ON CONFLICT (id) DO UPDATE SET {string.Join(", ", Columns.Select(column => $"{column} = EXCLUDED.{column}"))}, version = orders.version + 1 RETURNING version";

    internal string Select => $"SELECT version, {Read} FROM shop.orders WHERE id = @id";

    internal string SelectAll => $"SELECT id, version, {Read} FROM shop.orders";
}
