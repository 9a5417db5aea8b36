using Deployment.Commands;
using Deployment.Tests;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>A PgBouncer before the tests' server.</summary>
internal sealed class Pooler : IAsyncDisposable
{
    private const int Port = 6432;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _folder;
    private readonly Task<CommandResult> _running;

    private Pooler(string folder, Task<CommandResult> running, CancellationTokenSource stop)
    {
        _folder = folder;
        _running = running;
        _stop = stop;
    }

    internal static async Task<Pooler> StartAsync(string mode)
    {
        string program = RealComponent.Require("pgbouncer");
        string folder = Directory.CreateTempSubdirectory("pooler-").FullName;
        var server = new NpgsqlConnectionStringBuilder(RealPostgreSql.AddressOf("postgres"));
        await File.WriteAllTextAsync(Path.Combine(folder, "users.txt"), "\"postgres\" \"\"\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "pooler.ini"), $"""
            [databases]
            * = host={server.Host} port={server.Port} user=postgres
            [pgbouncer]
            pool_mode = {mode}
            listen_addr =
            listen_port = {Port}
            unix_socket_dir = {folder}
            auth_type = any
            auth_file = {folder}/users.txt
            ignore_startup_parameters = extra_float_digits
            default_pool_size = 5
            """);
        var runner = new CommandRunner(TimeProvider.System);
        string[] user = RealPostgreSql.User;
        if (user.Length > 0)
        {
            await runner.RunAsync(Command.Of("chown", "-R", "postgres:postgres", folder), null, CancellationToken.None);
        }

        string[] command = [.. user, program, Path.Combine(folder, "pooler.ini")];
        var stop = new CancellationTokenSource();
        Task<CommandResult> running = runner.RunAsync(Command.Of(command[0], command[1..]), null, stop.Token);
        long begin = TimeProvider.System.GetTimestamp();
        while (!File.Exists(Path.Combine(folder, $".s.PGSQL.{Port}")))
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30), "PgBouncer listens");
            running.IsCompleted.Should().BeFalse(running.IsCompletedSuccessfully ? (await running).Output : "PgBouncer runs");
            await Task.Delay(20);
        }

        return new Pooler(folder, running, stop);
    }

    internal string AddressOf(string database) => new NpgsqlConnectionStringBuilder(database) { Host = _folder, Port = Port, NoResetOnClose = true }.ToString();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
