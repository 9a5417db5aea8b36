using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment.Commands;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>A deployer of sites as a process of its own, which can be killed.</summary>
internal sealed class Deployer(Uri server, string bucket, string distribution) : IDisposable
{
    private static readonly CommandRunner _runner = new(TimeProvider.System);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("deployer-");

    /// <summary>The site that it deploys: what stays, what changes, what goes, what comes, and a file of two parts.</summary>
    public Task<CommandResult> DeployAsync(string version, int dieAt = 0)
    {
        string site = Path.Combine(_folder.FullName, "dist");
        if (Directory.Exists(site))
        {
            Directory.Delete(site, recursive: true);
        }

        Directory.CreateDirectory(site);
        foreach ((string name, string text) in Site(version))
        {
            File.WriteAllText(Path.Combine(site, name), text);
        }

        return RunAsync("deploy", version, dieAt);
    }

    /// <summary>Goes on with what was left open.</summary>
    public Task<CommandResult> ResumeAsync() => RunAsync("resume", "", 0);

    /// <summary>Ends it as the kernel does, from outside.</summary>
    public void Kill()
    {
        using var process = Process.GetProcessById(int.Parse(File.ReadAllText(Path.Combine(_folder.FullName, "store", "pid")), CultureInfo.InvariantCulture));
        process.Kill();
    }

    /// <summary>A version's files.</summary>
    public static Dictionary<string, string> Site(string version) => new()
    {
        ["index.html"] = version,
        ["about.html"] = "about",
        ["style.css"] = $"css of {version}",
        [$"only-in-{version}.html"] = version,
        [Asset(version)] = $"app {version}",
        ["large.bin"] = new string(version[2], 6 * 1024 * 1024),
    };

    /// <summary>The name of a version's asset.</summary>
    public static string Asset(string version) => $"app.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version)))[..10]}.js";

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<CommandResult> RunAsync(string what, string version, int point)
    {
        string store = Path.Combine(_folder.FullName, "store");
        Directory.CreateDirectory(store);
        string program = Path.Combine(AppContext.BaseDirectory, "Deployment.Providers.Aws.Tests.Deployer.dll");
        Command line = Command.Of("dotnet", "exec", program, what, server.ToString(), bucket, distribution, Path.Combine(_folder.FullName, "dist"), store, version, point.ToString(CultureInfo.InvariantCulture));
        return await _runner.RunAsync(line with { Timeout = TimeSpan.FromMinutes(2) }, null, CancellationToken.None);
    }
}
