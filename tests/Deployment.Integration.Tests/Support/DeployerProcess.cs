using System.Diagnostics;
using Deployment.Integration.Tests.Deployer;

namespace Deployment.Integration.Tests.Support;

/// <summary>A real process that runs a pipeline.</summary>
internal sealed class DeployerProcess : IDisposable
{
    internal const int KilledExitCode = 128 + 9;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private DeployerProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    internal static DeployerProcess Start(DeployerOptions options, bool next = false)
    {
        string assembly = next ? "Deployment.Integration.Tests.Deployer.Next.dll" : "Deployment.Integration.Tests.Deployer.dll";
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in options.ToArguments().Prepend(Path.Combine(TestContext.CurrentContext.TestDirectory, assembly)).Prepend("exec"))
        {
            start.ArgumentList.Add(argument);
        }

        return new DeployerProcess(Process.Start(start)!);
    }

    internal static async Task<DeployerEnd> RunAsync(DeployerOptions options, bool next = false)
    {
        using DeployerProcess process = Start(options, next);
        return await process.EndAsync();
    }

    /// <summary>Waits for its end. Null as an answer says that it was killed.</summary>
    internal async Task<DeployerEnd> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            throw new TimeoutException($"The deployer did not end within {Limit}. It said: {await _output} {await _error}");
        }

        string output = await _output;
        if (_process.ExitCode == KilledExitCode)
        {
            return new DeployerEnd(null);
        }

        string? last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        return last is not null && last.StartsWith('{')
            ? new DeployerEnd(Answer.Read(last))
            : throw new InvalidOperationException($"The deployer ended with exit code {_process.ExitCode} and said: {output} {await _error}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}

/// <summary>How a deployer ended; without an answer it was killed.</summary>
internal sealed record DeployerEnd(Answer? Answer)
{
    internal bool WasKilled => Answer is null;
}
