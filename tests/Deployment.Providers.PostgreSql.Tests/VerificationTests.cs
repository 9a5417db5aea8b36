using Deployment.Migrations;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>What a verification expects is PostgreSQL's own text of the value, as psql shows it.</summary>
[Category("PostgreSql")]
public sealed class VerificationTests
{
    private Database _database = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await Database.CreateAsync();
        _database.Script("001_mood.expand.sql", "-- undo: nothing for a test\nCREATE TYPE mood AS ENUM ('happy', 'sad');\n");
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Verify_ValueOfAnyType_IsComparedAsPostgreSqlPrintsIt()
    {
        foreach ((string expected, string query) in new[]
        {
            ("t", "SELECT 1 = 1"),
            ("true", "SELECT (1 = 1)::text"),
            ("1.50", "SELECT 1.50"),
            ("1e+20", "SELECT 1e20::float8"),
            ("2026-03-01 12:30:00", "SELECT timestamp '2026-03-01 12:30'"),
            ("2026-03-01", "VALUES (date '2026-03-01')"),
            ("1 day 02:00:00", "SELECT interval '26 hours' - interval '24 hours' + interval '1 day'"),
            ("{1,2,NULL}", "SELECT ARRAY[1, 2, NULL]"),
            ("{\"a\": 1}", "SELECT '{\"a\":1}'::jsonb"),
            ("\\x01ff", "SELECT '\\x01ff'::bytea"),
            ("[1,5)", "SELECT int4range(1, 5)"),
            ("(1,sad)", "SELECT ROW(1, 'sad'::mood)"),
            ("happy", "SELECT 'happy'::mood"),
            ("pg_class", "SELECT 'pg_class'::regclass"),
            ("UTF8", "SHOW server_encoding"),
        })
        {
            (await VerifyAsync(expected, query)).Should().BeNull();
            (await VerifyAsync($"{expected}?", query)).Should().Be($"'{query}' answers {expected}, where {expected}? was expected.");
        }
    }

    [Test]
    public async Task Verify_NoValue_IsNoAnswer()
    {
        (await VerifyAsync("NULL", "SELECT NULL")).Should().Be("'SELECT NULL' has no answer (NULL), where NULL was expected.");
        (await VerifyAsync("0 rows", "SELECT 1 WHERE false")).Should().Be("'SELECT 1 WHERE false' has no answer (0 rows), where 0 rows was expected.");
        (await VerifyAsync("1", "VALUES (1), (2)")).Should().Be("'VALUES (1), (2)' has no answer (2 rows), where 1 was expected.");
    }

    private async Task<string?> VerifyAsync(string expected, string query)
    {
        _database.Script("001_mood.expand.verify.sql", $"-- expect: {expected}\n{query};\n");
        Migration migration = await _database.FindAsync("001_mood.expand");
        await _database.Migrator().ApplyAsync(migration, _database.Context, CancellationToken.None);
        return await _database.Migrator().VerifyAsync(migration, _database.Context, CancellationToken.None);
    }
}
