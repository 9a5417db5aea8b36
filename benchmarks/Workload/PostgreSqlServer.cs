using System.Diagnostics;
using System.Globalization;
using Deployment.Benchmarks.Measuring;
using Npgsql;

namespace Deployment.Benchmarks.Workload;

/// <summary>A PostgreSQL of our own with its defaults, which flushes what it commits, until it is disposed of.</summary>
internal sealed class PostgreSqlServer : IDisposable
{
    private readonly ChildServer _server;
    private readonly int _port;
    private int _databases;

    private PostgreSqlServer(ChildServer server, int port) => (_server, _port) = (server, port);

    internal static async Task<PostgreSqlServer> StartAsync(string folder)
    {
        string binaries = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Order(StringComparer.Ordinal).LastOrDefault(path => File.Exists(Path.Combine(path, "postgres"))) ?? ""
            : "";
        if (binaries.Length == 0)
        {
            throw new BenchmarkException("PostgreSQL is missing. On Debian: apt-get install postgresql");
        }

        Directory.CreateDirectory(folder);
        // The server refuses to run as root.
        string[] user = Environment.UserName == "root" ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : [];
        if (user.Length > 0)
        {
            await RunAsync("chown", "postgres:postgres", folder);
        }

        string data = Path.Combine(folder, "data");
        await RunAsync([.. user, Path.Combine(binaries, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]);
        int port = Proxies.FreePort();
        string[] command = [.. user, Path.Combine(binaries, "postgres"), "-D", data, "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", $"port={port}"];
        return new PostgreSqlServer(await ChildServer.StartAsync(command[0], port, command[1..]), port);
    }

    /// <summary>An empty database.</summary>
    internal async Task<NpgsqlDataSource> CreateDatabaseAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"benchmark_{++_databases}");
        await using NpgsqlDataSource server = NpgsqlDataSource.Create(AddressOf("postgres"));
        await using NpgsqlCommand create = server.CreateCommand($"CREATE DATABASE {name}");
        await create.ExecuteNonQueryAsync();
        return NpgsqlDataSource.Create(AddressOf(name));
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        _server.Dispose();
    }

    /// <exception cref="BenchmarkException">It did not succeed.</exception>
    internal static async Task RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(Programs.Find(command[0])) { RedirectStandardError = true, RedirectStandardOutput = true };
        Array.ForEach(command[1..], start.ArgumentList.Add);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new BenchmarkException($"{command[0]} ended with exit code {process.ExitCode}: {error}");
        }
    }

    private string AddressOf(string database) => new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = _port, Username = "postgres", Database = database, Timeout = 30, CommandTimeout = 600 }.ToString();
}
