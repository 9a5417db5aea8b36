using Deployment.Commands;
using Deployment.Tests;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>A HAProxy of the tests' own, in master-worker mode as Debian starts it. Its configuration is files that a test writes.</summary>
internal sealed class RealHAProxy : IAsyncDisposable
{
    private readonly Server _server;
    private readonly string[] _files;

    private RealHAProxy(Server server, string[] files)
    {
        _server = server;
        _files = files;
    }

    /// <summary>The master's process id, for SIGUSR2.</summary>
    public int ProcessId => _server.ProcessId;

    public string Log => _server.Log;

    /// <param name="files">Its configuration, in order.</param>
    public static async Task<RealHAProxy> StartAsync(params string[] files) => new(await Server.StartAsync(
        Command.Of(RealComponent.Require("haproxy"), ["-W", "-db", .. files.SelectMany(file => new[] { "-f", file })]), server => Task.FromResult(Loads(server) > 0)), files);

    /// <summary>Takes up changed files; connections stay with the old worker until they end.</summary>
    /// <exception cref="InvalidOperationException">The files are wrong; the old worker goes on.</exception>
    public async Task ReloadAsync()
    {
        CommandResult check = await Tool.RunAsync(Command.Of("haproxy", ["-c", .. _files.SelectMany(file => new[] { "-f", file })]));
        if (check.ExitCode != 0)
        {
            throw new InvalidOperationException($"HAProxy's files are wrong: {check.Error}{check.Output}");
        }

        int before = Loads(_server);
        _server.Signal(Server.User2);
        await Until.TrueAsync(() => Loads(_server) > before, $"HAProxy has a new worker. {Log}");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static int Loads(Server server) => server.Log.Split("Loading success").Length - 1;
}
