using System.Diagnostics;
using Deployment.Providers.PostgreSql.Tests.Deployer;
using Deployment.Tests;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests.Backups;

/// <summary>A database with the folder of a host that deploys to it: programs of PostgreSQL that a test takes the place of, scripts, backups, a store.</summary>
internal sealed class ShopWorld : IAsyncDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly Database _database;

    private ShopWorld(Database database)
    {
        _database = database;
        Shop = new Shop(database.Address, database.Folder);
    }

    internal Shop Shop { get; private set; }

    internal Database Database => _database;

    internal static async Task<ShopWorld> CreateAsync()
    {
        RealComponent.Require("pg_dump");
        var world = new ShopWorld(await Database.CreateAsync());
        Directory.CreateDirectory(world.Shop.Scripts);
        Directory.CreateDirectory(world.Shop.Programs);
        world.Real("pg_dump");
        world.Real("pg_restore");
        await world.Database.RunAsync("CREATE TABLE users (id bigint PRIMARY KEY, name text); INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 50) i");
        world.Script("001_email.expand.sql", "ALTER TABLE users ADD COLUMN email text;\n");
        world.Script("001_email.expand.undo.sql", "ALTER TABLE users DROP COLUMN email;\n");
        return world;
    }

    internal void Script(string name, string text) => File.WriteAllText(Path.Combine(Shop.Scripts, name), text);

    internal void AsUser(string user, string password)
    {
        File.WriteAllText(Shop.PasswordFile, password);
        Shop = Shop with { Address = new NpgsqlConnectionStringBuilder(Shop.Address) { Username = user }.ConnectionString };
    }

    /// <summary>PostgreSQL's own program.</summary>
    internal void Real(string program)
    {
        File.Delete(Path.Combine(Shop.Programs, program));
        File.CreateSymbolicLink(Path.Combine(Shop.Programs, program), Path.Combine(Binaries, program));
    }

    /// <summary>A shell's lines in the place of PostgreSQL's program.</summary>
    internal void Instead(string program, string lines)
    {
        string file = Path.Combine(Shop.Programs, program);
        File.Delete(file);
        File.WriteAllText(file, $"#!/bin/sh\n{lines.Replace("REAL", Path.Combine(Binaries, program), StringComparison.Ordinal)}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A host that hangs in restoring, and is killed there as by a lost machine. Gives the process that it leaves behind.</summary>
    internal async Task<int> DieInRestoreAsync(params string[] arguments)
    {
        string began = Path.Combine(Shop.Folder, "began");
        Instead("pg_restore", $"echo $$ > {began}.new && mv {began}.new {began}\nexec sleep 300");
        using Process host = Start(arguments);
        Task<string> output = host.StandardOutput.ReadToEndAsync();
        Task<string> error = host.StandardError.ReadToEndAsync();
        long begin = TimeProvider.System.GetTimestamp();
        while (!File.Exists(began))
        {
            if (host.HasExited)
            {
                Assert.Fail($"The host has ended: {await output} {await error}");
            }

            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(Limit);
            await Task.Delay(50);
        }

        host.Kill();
        await host.WaitForExitAsync();
        (await ScratchAsync()).Should().HaveCount(1, "nobody is left to drop it");
        Real("pg_restore");
        return int.Parse((await File.ReadAllTextAsync(began)).Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A host that does its work to the end; gives what it says.</summary>
    internal async Task<string> RunAsync(params string[] arguments)
    {
        using Process host = Start(arguments);
        Task<string> error = host.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        string output = await host.StandardOutput.ReadToEndAsync(limit.Token);
        await host.WaitForExitAsync(limit.Token);
        return $"{output}{await error}".Trim();
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.PostgreSql.Tests.Deployer.dll"), arguments[0], Shop.Address, Shop.Folder }.Concat(arguments.Skip(1)))
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>The databases that stand beside the real one.</summary>
    internal async Task<string[]> ScratchAsync() =>
        (await _database.AskAsync<string>("SELECT coalesce(string_agg(datname, ','), '') FROM pg_database WHERE datname LIKE current_database() || '\\_re%\\_%'")).Split(',', StringSplitOptions.RemoveEmptyEntries);

    internal string[] BackupFiles() => Directory.Exists(Shop.Backups) ? [.. Directory.GetFiles(Shop.Backups, "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))] : [];

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
