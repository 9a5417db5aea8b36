using System.Reflection;
using System.Runtime.CompilerServices;

namespace Deployment.Api.Tests;

/// <summary>Where the repository lies, as the build wrote it down.</summary>
internal static class Repository
{
    internal static string Root { get; } = Metadata("RepositoryRoot").Single();

    internal static string Configuration { get; } = Metadata("Configuration").Single();

    internal static string Approved { get; } = Path.Combine(Path.GetDirectoryName(ThisFile())!, "Approved");

    internal static string PathOf(string relative) => Path.Combine(Root, relative);

    internal static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The project file of each package.</summary>
    internal static IEnumerable<string> Packages => All.Where(data => data.Value == "Package").Select(data => data.Key);

    private static IEnumerable<AssemblyMetadataAttribute> All => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>();

    private static IEnumerable<string> Metadata(string key) => All.Where(data => data.Key == key).Select(data => data.Value!);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
