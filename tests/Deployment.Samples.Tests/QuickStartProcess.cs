using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Deployment.Samples.Tests;

/// <summary>The QuickStart as a process of its own, as a user starts it.</summary>
internal sealed class QuickStartProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private QuickStartProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>What it wrote for machines.</summary>
    public static JsonObject Summary => JsonNode.Parse(File.ReadAllText(SummaryPath))!.AsObject();

    public static string SummaryPath => Path.Combine(Repository.Artifacts, "summary.json");

    /// <summary>Starts it in a folder that is not the repository's root, unless another is given.</summary>
    public static QuickStartProcess Start(string? folder, params string[] arguments) => new(Process.Start(new ProcessStartInfo(
        "dotnet", [Path.Combine(Repository.QuickStart, "QuickStart.dll"), .. arguments])
    {
        WorkingDirectory = folder ?? Path.GetTempPath(),
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        // Where RealComponent looks, too: Debian keeps servers outside of a user's PATH.
        Environment = { ["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin" },
    })!);

    public async Task<int> ExitAsync()
    {
        using var late = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(late.Token);
        return _process.ExitCode;
    }

    public async Task SaysAsync(string text)
    {
        using var late = new CancellationTokenSource(Limit);
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(20, late.Token);
        }
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void Append(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
