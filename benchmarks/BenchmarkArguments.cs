namespace Deployment.Benchmarks;

/// <summary>What is to be measured, and where.</summary>
internal sealed record BenchmarkArguments(IReadOnlySet<string> Names, string Folder)
{
    private const string FolderOption = "--folder";

    /// <param name="arguments">Names of figures, none for all, and the folder.</param>
    /// <param name="known">The names that there are.</param>
    internal static BenchmarkArguments Parse(IReadOnlyList<string> arguments, IReadOnlyList<string> known)
    {
        List<string> names = [];
        string? folder = null;
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == FolderOption)
            {
                folder = ++i < arguments.Count ? arguments[i] : throw new BenchmarkException($"{FolderOption} needs a path.");
            }
            else
            {
                names.Add(arguments[i]);
            }
        }

        string[] unknown = [.. names.Except(known)];
        return unknown.Length == 0
            ? new BenchmarkArguments((names.Count == 0 ? known : names).ToHashSet(), folder ?? DefaultFolder())
            : throw new BenchmarkException($"Unknown: {string.Join(", ", unknown)}. There are: {string.Join(", ", known)}. The option {FolderOption} PATH names a folder on a disk.");
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
