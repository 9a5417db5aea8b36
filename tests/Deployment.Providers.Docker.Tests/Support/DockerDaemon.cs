using System.Globalization;
using System.Text.RegularExpressions;
using Deployment.Commands;
using Deployment.Tests;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>A dockerd of the tests' own: its data, sockets, bridge and cgroup are apart from every other's, and go with it.</summary>
internal sealed partial class DockerDaemon : IAsyncDisposable
{
    private readonly DockerDaemonOptions _options;
    private readonly Bridge _bridge;
    private readonly int _tlsPort;
    private Server? _server;

    private DockerDaemon(DockerDaemonOptions options, Bridge bridge, string folder)
    {
        _options = options;
        _bridge = bridge;
        Folder = folder;
        Certificates = options.Tls ? new DaemonCertificates(Path.Combine(folder, "tls")) : null;
        _tlsPort = options.Tls ? FreePort.Next() : 0;
    }

    /// <summary>Where all of it is.</summary>
    public string Folder { get; }

    /// <summary>Its Unix socket.</summary>
    public string Socket => Path.Combine(Folder, "s");

    /// <summary>What a client is told to reach it.</summary>
    public string DockerHost => "unix://" + Socket;

    /// <summary>The same over TCP; only with <see cref="DockerDaemonOptions.Tls"/>.</summary>
    public string TlsHost => _options.Tls ? $"tcp://127.0.0.1:{_tlsPort}" : throw new InvalidOperationException("This daemon has no TCP port.");

    /// <summary>What a client shows it there.</summary>
    public DaemonCertificates? Certificates { get; }

    /// <summary>Its images, containers and volumes.</summary>
    public string Data => Path.Combine(Folder, "d");

    /// <summary>Its last lines of log.</summary>
    public string Log => _server?.Log ?? "";

    private string State => Path.Combine(Folder, "x");

    /// <summary>Starts one; skips the test where a component is missing.</summary>
    public static async Task<DockerDaemon> StartAsync(DockerDaemonOptions? options = null)
    {
        RealComponent.Require("docker");
        RealComponent.Require("dockerd");
        Bridge bridge = await Bridge.CreateAsync();
        var daemon = new DockerDaemon(options ?? new(), bridge, Directory.CreateTempSubdirectory("dk-").FullName);
        try
        {
            Directory.CreateDirectory(daemon.Data);
            if (daemon._options.DiskSize is { } size)
            {
                await Tool.SucceedsAsync("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={size}m"), "tmpfs", daemon.Data);
            }

            await daemon.StartAgainAsync();
            return daemon;
        }
        catch (Exception error)
        {
            await daemon.DisposeAsync();
            if (error is InvalidOperationException && NotAllowed().IsMatch(error.Message))
            {
                Assert.Ignore($"Missing component: what dockerd needs of the system. {error.Message}");
            }

            throw;
        }
    }

    /// <summary>Runs the client against it, whatever comes of it.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => Tool.RunAsync(Client(arguments));

    /// <summary>Runs the client, which must succeed; what it printed.</summary>
    public Task<string> SucceedsAsync(params string[] arguments) => Tool.SucceedsAsync(Client(arguments));

    /// <summary>A command line of the client. What this user has configured for its own Docker doesn't count.</summary>
    public Command Client(params string[] arguments) => Command.Of("docker", ["--host", DockerHost, .. arguments]) with
    {
        Environment = new Dictionary<string, string> { ["DOCKER_CONFIG"] = Path.Combine(Folder, "c"), ["DOCKER_TLS_VERIFY"] = "", ["DOCKER_CONTEXT"] = "", ["DOCKER_BUILDKIT"] = "0" },
    };

    /// <summary>Asks it to end, and starts it again. Containers stay with <see cref="DockerDaemonOptions.LiveRestore"/>, else they are stopped.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Asks it to end.</summary>
    public async Task StopAsync()
    {
        await _server!.EndAsync(seconds: 60);
        await _server.DisposeAsync();
    }

    /// <summary>Kills it, as a crash would.</summary>
    public async Task KillAsync()
    {
        await _server!.EndAsync(Server.Kill);
        await _server.DisposeAsync();
        // Its containerd dies with it. A process id that is written down could be somebody else's by the next start.
        File.Delete(Path.Combine(Folder, "pid"));
        File.Delete(Path.Combine(State, "containerd", "containerd.pid"));
    }

    /// <summary>Starts it after <see cref="StopAsync"/> or <see cref="KillAsync"/>.</summary>
    public async Task StartAgainAsync() => _server = await Server.StartAsync(Daemon(), _ => IsThereAsync());

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            if (_server.HasEnded)
            {
                await StartAgainAsync();
            }

            await RemoveContainersAsync();
            await StopAsync();
        }

        await DaemonRemains.RemoveAsync(Folder, CgroupName);
        await _bridge.DisposeAsync();
    }

    private string CgroupName => Path.GetFileName(Folder);

    private async Task RemoveContainersAsync()
    {
        string[] containers = (await SucceedsAsync("ps", "--all", "--quiet")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (containers.Length > 0)
        {
            await SucceedsAsync(["rm", "--force", "--volumes", .. containers]);
        }
    }

    private async Task<bool> IsThereAsync() => File.Exists(Socket) && (await RunAsync("version")).ExitCode == 0;

    private Command Daemon() => Command.Of(
        RealComponent.Require("dockerd"),
        [
            "--data-root", Data,
            "--exec-root", State,
            "--pidfile", Path.Combine(Folder, "pid"),
            // Another daemon's containers are not in its way, and the machine's own rules stay as they are: what is published is served by docker-proxy.
            "--bridge", _bridge.Name,
            "--iptables=false",
            "--ip-masq=false",
            "--ip-forward=false",
            "--cgroup-parent", "/" + CgroupName,
            "--exec-opt", "native.cgroupdriver=cgroupfs",
            "--max-download-attempts", _options.DownloadAttempts.ToString(CultureInfo.InvariantCulture),
            "--host", DockerHost,
            .. _options.LiveRestore ? ["--live-restore"] : Array.Empty<string>(),
            .. Certificates is { } files
                ? ["--host", TlsHost, "--tlsverify", "--tlscacert", files.Authority, "--tlscert", files.ServerCertificate, "--tlskey", files.ServerKey]
                : Array.Empty<string>(),
        ]) with
    {
        // Debian keeps docker-proxy, runc's helpers and iptables there.
        Environment = new Dictionary<string, string> { ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin" },
    };

    [GeneratedRegex("operation not permitted|permission denied|cgroup mountpoint does not exist|[Dd]evices cgroup isn't mounted|no supported storage driver|needs to be started with root", RegexOptions.CultureInvariant)]
    private static partial Regex NotAllowed();
}
