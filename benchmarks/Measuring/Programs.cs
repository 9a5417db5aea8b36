using System.Diagnostics;

namespace Deployment.Benchmarks.Measuring;

/// <summary>Finds programs as a shell would, and where Debian keeps servers.</summary>
internal static class Programs
{
    /// <exception cref="BenchmarkException">There is none.</exception>
    internal static string Find(string program) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists)
        ?? throw new BenchmarkException($"{program} is missing. On Debian: apt-get install nginx-light wrk");

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="BenchmarkException">There is none, or it failed.</exception>
    internal static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        using Process process = Process.Start(Find(program), arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new BenchmarkException($"{program} ended with exit code {process.ExitCode}.");
        }
    }
}
