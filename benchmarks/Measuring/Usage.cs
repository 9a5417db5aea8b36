using System.Diagnostics;
using System.Globalization;

namespace Deployment.Benchmarks.Measuring;

/// <summary>What a program took, from its start to its end.</summary>
/// <param name="Seconds">The time.</param>
/// <param name="Processor">Seconds of the processor, for it and the system.</param>
/// <param name="Mebibytes">The most memory that it held.</param>
internal sealed record Usage(double Seconds, double Processor, double Mebibytes)
{
    private const string Mark = "used:";

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it took, and what it said.</returns>
    /// <exception cref="BenchmarkException">It failed.</exception>
    internal static async Task<(Usage Usage, string Output)> OfAsync(string program, IReadOnlyDictionary<string, string?> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Programs.Find("time"), ["-f", $"{Mark} %e %U %S %M", program, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> said = process.StandardOutput.ReadToEndAsync();
        string[] errors = (await process.StandardError.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        double[] numbers = errors.LastOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal)) is { } used && process.ExitCode == 0
            ? [.. used[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture))]
            : throw new BenchmarkException($"{program} {string.Join(' ', arguments)} failed: {string.Join(' ', errors.Take(5))}");
        return (new Usage(numbers[0], numbers[1] + numbers[2], numbers[3] / 1024), await said);
    }
}
