using Deployment.Commands;
using Deployment.Tests;
using Npgsql;

namespace Deployment.Providers;

/// <summary>A PostgreSQL of the tests' own, reached by a socket in a temporary folder. Each test has a database of its own.</summary>
[SetUpFixture]
public sealed class RealPostgreSql
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";
    private static readonly CancellationTokenSource Stop = new();
    private static string? _folder;
    private static Task? _running;
    private static int _databases;

    /// <summary>How a program is started as a user that is not root.</summary>
    internal static string[] User => Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : [];

    /// <summary>What a person says to reach a database of the server.</summary>
    public static string AddressOf(string database) => new NpgsqlConnectionStringBuilder { Host = _folder, Port = 5432, Username = "postgres", Database = database, MaxPoolSize = 50, Timeout = 30 }.ToString();

    /// <summary>An empty database; skips the test where there is no server.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        RealComponent.Require("pg_ctlcluster");
        string name = $"test_{Interlocked.Increment(ref _databases)}";
        await using NpgsqlDataSource server = NpgsqlDataSource.Create(AddressOf("postgres"));
        await using NpgsqlCommand create = server.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync();
        return AddressOf(name);
    }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        if (!File.Exists(Path.Combine(Binaries, "postgres")))
        {
            return;
        }

        _folder = Directory.CreateTempSubdirectory("pg-").FullName;
        var runner = new CommandRunner(TimeProvider.System);
        // The server refuses to run as root.
        string[] user = User;
        if (user.Length > 0)
        {
            await Succeeds(runner, "chown", "postgres:postgres", _folder);
        }

        string data = Path.Combine(_folder, "data");
        await Succeeds(runner, [.. user, Path.Combine(Binaries, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        string[] server = [.. user, Path.Combine(Binaries, "postgres"), "-D", data, "-k", _folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=100"];
        _running = runner.RunAsync(Command.Of(server[0], server[1..]), null, Stop.Token);
        long begin = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync())
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(60), "PostgreSQL answers");
            _running.IsCompleted.Should().BeFalse("PostgreSQL runs");
            await Task.Delay(50);
        }
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_running is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await Stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _running.Dispose();
        }

        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static async Task<bool> AnswersAsync()
    {
        try
        {
            await using NpgsqlDataSource server = NpgsqlDataSource.Create(AddressOf("postgres"));
            await using NpgsqlConnection connection = await server.OpenConnectionAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static async Task Succeeds(CommandRunner runner, params string[] command)
    {
        CommandResult result = await runner.RunAsync(Command.Of(command[0], command[1..]), null, CancellationToken.None);
        result.ExitCode.Should().Be(0, result.Output);
    }
}
