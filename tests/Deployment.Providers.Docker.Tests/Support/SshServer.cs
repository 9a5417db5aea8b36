using Deployment.Commands;
using Deployment.Tests;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>An sshd of the tests' own on loopback, behind which `docker` reaches a daemon.</summary>
internal sealed class SshServer : IAsyncDisposable
{
    // Debian's sshd wants this folder, which its package makes at boot only.
    private const string Separation = "/run/sshd";
    private readonly string _folder;
    private readonly bool _madeSeparation;
    private Server? _server;

    private SshServer(string folder)
    {
        _folder = folder;
        _madeSeparation = !Directory.Exists(Separation);
    }

    public int Port { get; } = FreePort.Next();

    /// <summary>What a client of Docker's is told; it also needs <see cref="Environment"/>.</summary>
    public string DockerHost => $"ssh://root@127.0.0.1:{Port}";

    /// <summary>The environment in which `ssh` knows the key and the host: `docker` starts the `ssh` that is first in PATH, and passes no options of ours.</summary>
    public IReadOnlyDictionary<string, string> Environment => PathWith("client");

    /// <summary>The same without a key that the server lets in.</summary>
    public IReadOnlyDictionary<string, string> StrangerEnvironment => PathWith("stranger");

    /// <summary>The same of a client that doesn't know the host.</summary>
    public IReadOnlyDictionary<string, string> UnknownHostEnvironment => PathWith("unknown");

    public string Log => _server?.Log ?? "";

    /// <param name="daemon">Whom `docker` on the other side reaches.</param>
    public static async Task<SshServer> StartAsync(DockerDaemon daemon)
    {
        string sshd = RealComponent.Require("sshd");
        string ssh = RealComponent.Require("ssh");
        var server = new SshServer(Directory.CreateTempSubdirectory("ssh-").FullName);
        try
        {
            Directory.CreateDirectory(Separation);
            await server.WriteAsync(daemon, ssh);
            server._server = await Server.StartAsync(
                Command.Of(sshd, "-D", "-e", "-f", server.In("sshd_config")), running => Task.FromResult(running.Log.Contains("Server listening", StringComparison.Ordinal)));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it with all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        if (_madeSeparation)
        {
            Directory.Delete(Separation);
        }
    }

    private string In(string file) => Path.Combine(_folder, file);

    private Dictionary<string, string> PathWith(string client) => new() { ["PATH"] = $"{In(client)}:{System.Environment.GetEnvironmentVariable("PATH")}" };

    private async Task WriteAsync(DockerDaemon daemon, string ssh)
    {
        foreach (string key in new[] { "host", "client-key", "stranger-key" })
        {
            await Tool.SucceedsAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", In(key));
        }

        File.Copy(In("client-key.pub"), In("authorized_keys"));
        string[] host = (await File.ReadAllTextAsync(In("host.pub"))).Split(' ');
        await File.WriteAllTextAsync(In("known_hosts"), $"[127.0.0.1]:{Port} {host[0]} {host[1]}\n");
        await File.WriteAllTextAsync(In("none"), "");
        await File.WriteAllTextAsync(In("sshd_config"), $"""
            Port {Port}
            ListenAddress 127.0.0.1
            HostKey {In("host")}
            PidFile none
            AuthorizedKeysFile {In("authorized_keys")}
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin prohibit-password
            MaxStartups 100
            SetEnv DOCKER_HOST={daemon.DockerHost} PATH={System.Environment.GetEnvironmentVariable("PATH")}

            """);
        await WriteClientAsync("client", ssh, "client-key", "known_hosts");
        await WriteClientAsync("stranger", ssh, "stranger-key", "known_hosts");
        await WriteClientAsync("unknown", ssh, "client-key", "none");
    }

    private async Task WriteClientAsync(string name, string ssh, string key, string hosts)
    {
        Directory.CreateDirectory(In(name));
        string options = Path.Combine(In(name), "config");
        await File.WriteAllTextAsync(options, $"""
            IdentityFile {In(key)}
            IdentitiesOnly yes
            IdentityAgent none
            UserKnownHostsFile {In(hosts)}
            GlobalKnownHostsFile none
            StrictHostKeyChecking yes
            BatchMode yes

            """);
        string program = Path.Combine(In(name), "ssh");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec '{ssh}' -F '{options}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
