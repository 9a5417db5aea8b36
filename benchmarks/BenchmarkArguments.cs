using System.Globalization;

namespace Deployment.Benchmarks;

/// <summary>What is to be measured, where, and how often.</summary>
internal sealed record BenchmarkArguments(IReadOnlySet<string> Names, string Folder, int Runs)
{
    private const string FolderOption = "--folder";
    private const string RunsOption = "--runs";
    private const int DefaultRuns = 1000;

    /// <param name="arguments">Names of figures, none for all, the folder, and how many runs a simulation has.</param>
    /// <param name="known">The names that there are.</param>
    internal static BenchmarkArguments Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> known)
    {
        List<string> names = [];
        string? folder = null;
        int runs = DefaultRuns;
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == FolderOption)
            {
                folder = ++i < arguments.Count ? arguments[i] : throw new BenchmarkException($"{FolderOption} needs a path.");
            }
            else if (arguments[i] == RunsOption)
            {
                runs = ++i < arguments.Count && int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
                    ? number
                    : throw new BenchmarkException($"{RunsOption} needs a number of runs, 1 or more.");
            }
            else
            {
                names.Add(arguments[i]);
            }
        }

        string[] unknown = [.. names.Except(known)];
        return unknown.Length == 0
            ? new BenchmarkArguments((names.Count == 0 ? known : names).ToHashSet(), folder ?? DefaultFolder(), runs)
            : throw new BenchmarkException($"Unknown: {string.Join(", ", unknown)}. There are: {string.Join(", ", known)}. The option {FolderOption} PATH names a folder on a disk, and {RunsOption} NUMBER how many runs a simulation has.");
    }

    private static string DefaultFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Deployment.sln")))
            {
                return Path.Combine(folder.FullName, "artifacts");
            }
        }

        throw new BenchmarkException($"The repository was not found above {AppContext.BaseDirectory}. Name a folder on a disk: {FolderOption} PATH.");
    }
}
