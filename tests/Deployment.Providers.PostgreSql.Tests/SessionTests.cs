using Deployment.Migrations;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>What a script sets for its session decides neither where its record goes, nor who writes it.</summary>
[Category("PostgreSql")]
public sealed class SessionTests
{
    private Database _database = null!;
    private string _role = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _database = await Database.CreateAsync();
        _role = $"weak_{Guid.NewGuid():N}";
        await _database.RunAsync($"CREATE SCHEMA other; CREATE ROLE {_role}; GRANT ALL ON SCHEMA other TO {_role}; GRANT USAGE ON SCHEMA public TO {_role}");
    }

    [TearDown]
    public async Task EndAsync()
    {
        if (_database is not null)
        {
            await _database.RunAsync($"DROP OWNED BY {_role}; DROP ROLE {_role}");
            await _database.DisposeAsync();
        }
    }

    [TestCase("SET search_path = other", "")]
    [TestCase("SET search_path = other", "-- transaction: none\n")]
    [TestCase("SET LOCAL search_path = other", "")]
    [TestCase("SET ROLE {0}", "")]
    [TestCase("SET ROLE {0}", "-- transaction: none\n")]
    [TestCase("SET SESSION AUTHORIZATION {0}", "")]
    [TestCase("SET SESSION AUTHORIZATION {0}", "-- transaction: none\n")]
    public async Task Apply_ScriptSetsItsSession_RecordIsTheMigrators(string set, string header)
    {
        string sql = string.Format(System.Globalization.CultureInfo.InvariantCulture, set, _role);
        Migration first = await ScriptAsync("001_first", "SELECT 1;\n", "SELECT 1;\n");
        await _database.Migrator().ApplyAsync(first, _database.Context, CancellationToken.None);
        // Where the search path decides, the record would go here.
        await _database.RunAsync($"CREATE TABLE other.deployment_migrations (LIKE public.deployment_migrations INCLUDING ALL); ALTER TABLE other.deployment_migrations OWNER TO {_role}");
        Migration second = await ScriptAsync("002_second", $"{header}{sql};\nCREATE TABLE other.things (id bigint PRIMARY KEY);\n", $"{header}{sql};\nDROP TABLE other.things;\n");
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.Address) { NoResetOnClose = true, MaxPoolSize = 2 });

        await _database.Migrator(source: source).ApplyAsync(second, _database.Context, CancellationToken.None);

        (await RecordsAsync()).Should().Be("001_first.expand 002_second.expand");
        (await _database.AskAsync<string>("SELECT string_agg(DISTINCT applied_by, ' ') FROM public.deployment_migrations")).Should().Be("postgres");
        (await _database.AskAsync<long>("SELECT count(*) FROM other.deployment_migrations")).Should().Be(0);
        await _database.Migrator(source: source).UndoAsync(second, _database.Context, CancellationToken.None);
        (await RecordsAsync()).Should().Be("001_first.expand");
        await using NpgsqlCommand command = source.CreateCommand("SELECT current_setting('search_path') || ' ' || session_user || ' ' || current_user");
        (await command.ExecuteScalarAsync()).Should().Be("\"$user\", public postgres postgres", "the connection goes back as it came");
    }

    [Test]
    public async Task Apply_FirstScriptSetsTheSearchPath_TableIsWhereTheMigratorLooksForIt()
    {
        Migration first = await ScriptAsync("001_first", "SET search_path = other;\nSELECT 1;\n", "SELECT 1;\n");

        await _database.Migrator().ApplyAsync(first, _database.Context, CancellationToken.None);

        (await RecordsAsync()).Should().Be("001_first.expand");
    }

    private Task<string> RecordsAsync() => _database.AskAsync<string>("SELECT coalesce(string_agg(id, ' ' ORDER BY position), '') FROM public.deployment_migrations");

    private async Task<Migration> ScriptAsync(string name, string text, string undo)
    {
        _database.Script($"{name}.expand.sql", text);
        _database.Script($"{name}.expand.undo.sql", undo);
        return await _database.FindAsync($"{name}.expand");
    }
}
