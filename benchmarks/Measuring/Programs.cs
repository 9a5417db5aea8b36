namespace Deployment.Benchmarks.Measuring;

/// <summary>Finds programs as a shell would, and where Debian keeps servers.</summary>
internal static class Programs
{
    /// <exception cref="BenchmarkException">There is none.</exception>
    internal static string Find(string program) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists)
        ?? throw new BenchmarkException($"{program} is missing. On Debian: apt-get install nginx-light wrk");
}
