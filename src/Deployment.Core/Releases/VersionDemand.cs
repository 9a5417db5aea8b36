using NuGet.Versioning;

namespace Deployment.Releases;

/// <summary>
/// Which versions of another application a release goes together with, in the interval notation of NuGet
/// (https://learn.microsoft.com/nuget/concepts/package-versioning), compared by Semantic Versioning 2.0.0, clause 11, but without regard to the case of
/// pre-releases.
/// </summary>
internal static class VersionDemand
{
    /// <summary>Any version will do.</summary>
    internal const string Any = "*";

    private const int MaxLength = 256;

    /// <summary>Null when it can be read, else one sentence.</summary>
    internal static string? Problem(string? range) => range == Any || Read(range) is not null
        ? null
        : $"'{Naming.Printable(range ?? "")}' is not a range of versions. Write it as an interval, such as [2.1,3.0) for 2.1.0 up to but without 3.0.0, [2.1,) for 2.1.0 and above, or * for any (at most {MaxLength} characters).";

    internal static bool Accepts(string range, string version)
    {
        if (range == Any)
        {
            return true;
        }

        VersionRange interval = Read(range) ?? throw new DeploymentException(Problem(range)!);
        // A part above 2,147,483,647 is a semantic version that can't be compared: it fits no interval.
        return NuGetVersion.TryParse(version, out NuGetVersion? asked) && interval.Satisfies(asked) && !IsOnTheWayTo(interval, asked);
    }

    /// <summary>A pre-release of the version that is just excluded comes before it by the letter, but has what that will have.</summary>
    private static bool IsOnTheWayTo(VersionRange interval, NuGetVersion version) =>
        interval is { HasUpperBound: true, IsMaxInclusive: false }
        && version.IsPrerelease
        && !interval.MaxVersion!.IsPrerelease
        && version.Version == interval.MaxVersion.Version;

    private static VersionRange? Read(string? range) =>
        range is { Length: <= MaxLength } && VersionRange.TryParse(range, allowFloating: false, out VersionRange? interval) && !IsEmpty(interval) ? interval : null;

    private static bool IsEmpty(VersionRange interval) =>
        interval is { HasLowerBound: true, HasUpperBound: true }
        && interval.MinVersion!.CompareTo(interval.MaxVersion) is var order
        && (order > 0 || (order == 0 && !(interval.IsMinInclusive && interval.IsMaxInclusive)));
}
