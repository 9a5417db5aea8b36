using System.Text.RegularExpressions;
using NuGet.Versioning;

namespace Deployment.Releases;

/// <summary>Checks that a version follows Semantic Versioning 2.0.0 (https://semver.org/spec/v2.0.0.html).</summary>
internal static partial class SemanticVersion
{
    private const int MaxLength = 128;

    internal static string Check(string? version)
    {
        if (version is null || version.Length > MaxLength || !Grammar().IsMatch(version))
        {
            throw new DeploymentException(
                $"The version '{Naming.Printable(version ?? "")}' is not a semantic version. "
                + $"Write MAJOR.MINOR.PATCH with an optional -prerelease and +build, such as 2.4.0 or 2.4.0-rc.1 (at most {MaxLength} characters).");
        }

        return version;
    }

    /// <summary>Whether one version comes before another, by precedence (clause 11). Numbers above 2,147,483,647 have none.</summary>
    internal static bool IsOlder(string version, string other) =>
        NuGetVersion.TryParse(version, out NuGetVersion? one) && NuGetVersion.TryParse(other, out NuGetVersion? two) && VersionComparer.VersionRelease.Compare(one, two) < 0;

    // Numbers have no leading zeros; pre-release identifiers follow the same rule when they are numeric (clauses 2, 9 and 10).
    [GeneratedRegex(
        @"\A(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
        + @"(-((0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*))?"
        + @"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Grammar();
}
