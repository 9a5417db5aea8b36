using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Deployment.Benchmarks.Measuring;

/// <summary>A load of wrk.</summary>
/// <param name="RequestsPerSecond">What was answered.</param>
/// <param name="P99">The latency of the slowest hundredth, in milliseconds.</param>
internal sealed partial record Wrk(double RequestsPerSecond, double P99)
{
    internal static async Task<Wrk> RunAsync(int port, int connections, int seconds)
    {
        var start = new ProcessStartInfo(Programs.Find("wrk")) { RedirectStandardOutput = true };
        foreach (string argument in new[] { "--latency", "-t1", $"-c{connections}", $"-d{seconds}s", $"http://127.0.0.1:{port}/" })
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (text.Contains("Non-2xx", StringComparison.Ordinal) || text.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new BenchmarkException($"Requests failed, so the rest means nothing:\n{text}");
        }

        Match p99 = Latency().Match(text);
        Match rate = Rate().Match(text);
        return rate.Success && p99.Success
            ? new Wrk(Number(rate.Groups[1].Value), Number(p99.Groups[1].Value) * p99.Groups[2].Value switch { "us" => 1e-3, "ms" => 1, "s" => 1e3, _ => throw new BenchmarkException(text) })
            : throw new BenchmarkException($"wrk said:\n{text}");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+([0-9.]+)(us|ms|s)")]
    private static partial Regex Latency();
}
