using System.Diagnostics;
using System.Threading.Channels;

namespace Deployment.Providers.PostgreSql.Tests.Crashes;

/// <summary>A real process that migrates, and is killed as the kernel does it.</summary>
internal sealed class MigratorProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _reading;
    private readonly Task<string> _error;

    private MigratorProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <param name="address">The database.</param>
    /// <param name="folder">The scripts.</param>
    /// <param name="mode"><c>stepwise</c>: it says a line before and after each script, and waits there.</param>
    internal static MigratorProcess Start(string address, string folder, params string[] mode)
    {
        string assembly = Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.PostgreSql.Tests.Migrator.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", assembly, address, folder, .. mode]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        return new MigratorProcess(Process.Start(start)!);
    }

    /// <summary>Lets one live to its end.</summary>
    internal static async Task RunAsync(string address, string folder)
    {
        using MigratorProcess process = Start(address, folder);
        await process.EndAsync();
    }

    /// <summary>Lets one that waits go on.</summary>
    internal Task GoOnAsync() => _process.StandardInput.WriteLineAsync();

    /// <summary>Waits until it says a line, and lets it go on at those before.</summary>
    internal async Task SaysAsync(string line)
    {
        using var limit = new CancellationTokenSource(Limit);
        await foreach (string said in _lines.Reader.ReadAllAsync(limit.Token))
        {
            if (said == line)
            {
                return;
            }

            await GoOnAsync();
        }

        throw new InvalidOperationException($"The process ended and never said '{line}'. {await _error}");
    }

    /// <summary>Kills it; false where it had ended well before.</summary>
    internal async Task<bool> KillAsync()
    {
        _process.Kill();
        return !await EndedAsync();
    }

    internal async Task EndAsync() => (await EndedAsync()).Should().BeTrue("nobody killed it");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    /// <summary>Whether it lived to its end; it may not fail.</summary>
    private async Task<bool> EndedAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        await _reading;
        _process.ExitCode.Should().BeOneOf([0, 128 + 9], await _error);
        return _process.ExitCode == 0;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
