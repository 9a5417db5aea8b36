using System.Text.RegularExpressions;

namespace Deployment.Api.Tests.Architecture;

/// <summary>What every source file keeps to.</summary>
internal static partial class SourceRules
{
    /// <summary>The source files under a folder, without what builds leave there.</summary>
    internal static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(file => !Built().IsMatch(Path.GetRelativePath(folder, file).Replace('\\', '/')));

    /// <summary>
    /// Null when the namespace tells the folder. Methods that extend a pipeline, and what adds pipelines to a host, stand where the
    /// pipeline does, so that they are found without another using; the helpers for tests stand in one namespace.
    /// </summary>
    internal static string? WrongNamespace(string package, string file, string content)
    {
        string? declared = Declaration().Match(content) is { Success: true } found ? found.Groups[1].Value : null;
        string root = package == "Deployment.Core" ? "Deployment" : package;
        string expected = string.Join('.', file.Replace('\\', '/').Split('/')[..^1].Prepend(root));
        bool fits = declared is null
            || declared == expected
            || (declared == root && package == "Deployment.Testing")
            || (declared == "Deployment" && (file.EndsWith("Extensions.cs", StringComparison.Ordinal) || file.StartsWith("DependencyInjection", StringComparison.Ordinal)));
        return fits ? null : $"{package}/{file} declares the namespace {declared}; its folder says {expected}.";
    }

    /// <summary>Null when continuations stay on the caller's context.</summary>
    internal static string? LeavesContext(string file, string content) =>
        Leaving().IsMatch(content)
            ? $"{file} leaves the caller's context by ConfigureAwait; see docs/decisions/0002-continuations-stay-on-the-callers-context.md."
            : null;

    [GeneratedRegex(@"^namespace ([A-Za-z.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\.ConfigureAwait\((?![^\n]*\bContinueOnCapturedContext\b)")]
    private static partial Regex Leaving();

    [GeneratedRegex("(^|/)(bin|obj)/")]
    private static partial Regex Built();
}
