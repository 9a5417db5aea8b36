using System.Text.RegularExpressions;

namespace Deployment.Api.Tests.Architecture;

/// <summary>Which package may depend on what: what drags a dependency has its own package.</summary>
internal static partial class ReferenceRules
{
    private const string Core = "Deployment.Core";

    /// <summary>What providers of databases have in common.</summary>
    private const string Sql = "Deployment.Sql";

    /// <summary>Everything that a package references and must not, each as a sentence.</summary>
    internal static IReadOnlyList<string> Problems(string package, IEnumerable<string> references) =>
    [
        .. references.Where(reference => !IsAnalyzer(reference) && !IsAllowed(package, reference))
            .Select(reference => $"{package} must not reference {reference}."),
    ];

    private static bool IsAllowed(string package, string reference) => package switch
    {
        Core => Light().IsMatch(reference),
        "Deployment.Analysis" => reference is Core or "MathNet.Numerics",
        Sql => reference is Core or "DiffPlex",
        "Deployment.Strategies" or "Deployment.Testing" => reference == Core,
        _ when package.StartsWith("Deployment.Providers.", StringComparison.Ordinal) => reference is Core or Sql || !reference.StartsWith("Deployment.", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsAnalyzer(string reference) => reference.EndsWith("Analyzers", StringComparison.Ordinal);

    [GeneratedRegex(@"^(Microsoft\.Extensions\.[A-Za-z.]+\.Abstractions|Microsoft\.Extensions\.Options|NuGet\.Versioning|Polly\.Core)$")]
    private static partial Regex Light();
}
