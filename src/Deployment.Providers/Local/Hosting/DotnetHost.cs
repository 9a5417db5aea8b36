using System.Runtime.InteropServices;

namespace Deployment.Providers.Local.Hosting;

/// <summary>Finds the <c>dotnet</c> host with the ASP.NET Core runtime, because the supervisor must run without the deployer.</summary>
internal static class DotnetHost
{
    private const string Program = "dotnet";
    private static readonly string[] SharedFrameworks = ["Microsoft.NETCore.App", "Microsoft.AspNetCore.App"];
    private static readonly string RequiredMajor = Environment.Version.Major.ToString(System.Globalization.CultureInfo.InvariantCulture) + ".";

    /// <summary>The full path of the host.</summary>
    /// <exception cref="DeploymentException">There is none that has the runtime.</exception>
    public static string Find() => Find(Environment.GetEnvironmentVariable, Environment.ProcessPath, RuntimeEnvironment.GetRuntimeDirectory());

    internal static string Find(Func<string, string?> variable, string? processPath, string? runtimeFolder) =>
        Candidates(variable, processPath, runtimeFolder).FirstOrDefault(HasRuntime)
        ?? throw new DeploymentException(
            $"Local targets run their supervisor with the 'dotnet' host and the ASP.NET Core {RequiredMajor}x runtime, and neither this process, DOTNET_ROOT nor PATH leads to one. "
            + "Install the ASP.NET Core runtime, or set DOTNET_ROOT to where it is.");

    /// <summary>Whether the host's shared frameworks have an assembly of this name.</summary>
    public static bool IsFrameworkAssembly(string host, string name) =>
        Frameworks(host).Any(framework => File.Exists(Path.Combine(framework, name + ".dll")));

    private static IEnumerable<string> Candidates(Func<string, string?> variable, string? processPath, string? runtimeFolder)
    {
        if (processPath is not null && Path.GetFileNameWithoutExtension(processPath) == Program)
        {
            yield return processPath;
        }

        // ROOT/shared/Microsoft.NETCore.App/VERSION/ is where a framework-dependent process has its runtime from.
        string?[] roots = [variable("DOTNET_ROOT"), runtimeFolder is { Length: > 0 } ? Path.GetFullPath(Path.Combine(runtimeFolder, "..", "..", "..")) : null];
        foreach (string folder in roots.OfType<string>().Concat((variable("PATH") ?? "").Split(Path.PathSeparator)).Where(Path.IsPathFullyQualified))
        {
            string candidate = Path.Combine(folder, Program);
            if (File.Exists(candidate))
            {
                yield return candidate;
            }
        }
    }

    private static bool HasRuntime(string host) => Frameworks(host).Any(folder => folder.Contains("Microsoft.AspNetCore.App", StringComparison.Ordinal));

    private static IEnumerable<string> Frameworks(string host)
    {
        // PATH usually leads to a link, and the frameworks are beside what it points to.
        string real = File.ResolveLinkTarget(host, returnFinalTarget: true)?.FullName ?? host;
        string shared = Path.Combine(Path.GetDirectoryName(real)!, "shared");
        return SharedFrameworks
            .Select(name => Path.Combine(shared, name))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(folder => Path.GetFileName(folder).StartsWith(RequiredMajor, StringComparison.Ordinal));
    }
}
