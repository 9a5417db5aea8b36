using System.Reflection;

namespace Deployment.Samples.Tests;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The folder that the QuickStart was built into.</summary>
    public static string QuickStart { get; } = BuiltInto("QuickStart");

    /// <summary>The folder that the sample of a strategy was built into.</summary>
    public static string CustomStrategy { get; } = BuiltInto("CustomStrategy");

    /// <summary>The folder that the sample with containers was built into.</summary>
    public static string DockerCanary { get; } = BuiltInto("DockerCanary");

    public static string Artifacts => Path.Combine(Root, "artifacts", "quickstart");

    private static string BuiltInto(string sample) => Path.GetFullPath(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == sample).Value!);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Deployment.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}
