using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Deployment.Tests;

namespace Deployment.Providers.HAProxy.Tests.Support;

/// <summary>A HAProxy of a test's own: a master with its worker.</summary>
internal sealed partial class RealHAProxy : IAsyncDisposable
{
    private const int Usr2 = 12;
    private const int Term = 15;
    private readonly string[] _files;
    private readonly string _socket;
    private readonly List<string> _printed = [];
    private Process? _master;

    private RealHAProxy(string socket, string[] files) => (_socket, _files) = (socket, files);

    public static async Task<RealHAProxy> StartAsync(string socket, params string[] files)
    {
        var proxy = new RealHAProxy(socket, files);
        await proxy.StartAsync();
        return proxy;
    }

    /// <summary>Starts it from its files, as they are now.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(RealComponent.Require("haproxy"), ["-W", "-db", .. _files.SelectMany(file => new[] { "-f", file })]) { RedirectStandardError = true, RedirectStandardOutput = true };
        _master = Process.Start(start)!;
        _master.OutputDataReceived += (_, line) => Note(line.Data);
        _master.ErrorDataReceived += (_, line) => Note(line.Data);
        _master.BeginErrorReadLine();
        _master.BeginOutputReadLine();
        await Until.TrueAsync(
            async () =>
            {
                lock (_printed)
                {
                    _master.HasExited.Should().BeFalse(string.Join('\n', _printed));
                }

                return await PidAsync() is { Length: > 0 };
            },
            "HAProxy answers");
    }

    /// <summary>What the runtime API answers.</summary>
    public async Task<string> AskAsync(string command)
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(_socket));
        await using var stream = new System.Net.Sockets.NetworkStream(socket);
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(command + "\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    /// <summary>How long its worker has run.</summary>
    public async Task<TimeSpan> UptimeAsync() => TimeSpan.FromSeconds(int.Parse(await InfoAsync("Uptime_sec"), CultureInfo.InvariantCulture));

    /// <summary>Has the master start a new worker with the files as they are now, as <c>systemctl reload</c> does.</summary>
    public async Task ReloadAsync()
    {
        string before = await PidAsync();
        Kill(_master!.Id, Usr2);
        await Until.TrueAsync(async () => await PidAsync() is { Length: > 0 } now && now != before, "another worker answers");
    }

    /// <summary>Ends it and starts it anew.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Ends it at once with all its processes, as a machine does that loses its power.</summary>
    public async Task CrashAsync()
    {
        _master!.Kill(entireProcessTree: true);
        await _master.WaitForExitAsync();
        await StopAsync();
    }

    public async Task StopAsync()
    {
        if (_master is { HasExited: false })
        {
            Kill(_master.Id, Term);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _master.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _master.Kill(entireProcessTree: true);
            }
        }

        _master?.Dispose();
        _master = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private void Note(string? line)
    {
        lock (_printed)
        {
            _printed.Add(line ?? "");
        }
    }

    private async Task<string> PidAsync()
    {
        try
        {
            return await InfoAsync("Pid");
        }
        catch (Exception error) when (error is System.Net.Sockets.SocketException or IOException)
        {
            return "";
        }
    }

    private async Task<string> InfoAsync(string name) =>
        (await AskAsync("show info")).Split('\n').FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..] ?? "";

    private static void Kill(int process, int signal) => Signal(process, signal).Should().Be(0, string.Create(CultureInfo.InvariantCulture, $"{process} takes signal {signal}"));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
