using System.Globalization;
using Deployment.Commands;
using Deployment.Tests;
using Deployment.Tests.Programs;

namespace Deployment.Providers.Prometheus.Tests.Real;

/// <summary>A process that counts, and that Prometheus scrapes.</summary>
internal sealed class Exporter : IAsyncDisposable
{
    private readonly string _file;
    private readonly bool _stamped;
    private RunningProgram _program;

    private Exporter(RunningProgram program, string file, bool stamped)
    {
        _program = program;
        _file = file;
        _stamped = stamped;
    }

    public string Address => $"127.0.0.1:{_program.Port}";

    /// <param name="stamped">Whether it tells the time of its samples itself: Prometheus then doesn't notice that they end.</param>
    public static async Task<Exporter> StartAsync(bool stamped = false)
    {
        string file = Path.GetTempFileName();
        return new(await RunAsync(0, file, stamped), file, stamped);
    }

    /// <summary>Counts, all at once.</summary>
    /// <param name="changes">Each a series and what is added to it, or, behind a <c>=</c>, what it is set to.</param>
    public Task CountAsync(params string[] changes) => File.AppendAllTextAsync(_file, string.Join('\t', changes) + "\n");

    /// <summary>Good and bad requests.</summary>
    public Task CountAsync(int good, int bad = 0) => bad == 0 ? CountAsync($"requests_total{{code=\"200\"}} {good}") : CountAsync($"requests_total{{code=\"200\"}} {good}", $"requests_total{{code=\"500\"}} {bad}");

    /// <summary>Ends the process and starts another, which counts from 0, at the same address.</summary>
    public async Task RestartAsync()
    {
        int port = _program.Port;
        await _program.DisposeAsync();
        _program = await RunAsync(port, _file, _stamped);
    }

    /// <summary>Ends the process.</summary>
    public ValueTask StopAsync() => _program.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        File.Delete(_file);
    }

    private static Task<RunningProgram> RunAsync(int port, string file, bool stamped) => RunningProgram.StartAsync(
        Command.Of(
            RealComponent.Require("python3"),
            [Path.Combine(AppContext.BaseDirectory, "Support", "exporter.py"), port.ToString(CultureInfo.InvariantCulture), file, .. stamped ? new[] { "stamped" } : []]),
        line => line.StartsWith("listening on ", StringComparison.Ordinal) ? int.Parse(line["listening on ".Length..], CultureInfo.InvariantCulture) : null);
}
