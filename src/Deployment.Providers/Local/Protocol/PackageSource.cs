using System.Text.RegularExpressions;

namespace Deployment.Providers.Local.Protocol;

/// <summary>What is unpacked into a folder of the revision's own before it runs.</summary>
internal sealed partial record PackageSource
{
    /// <summary>A folder, a <c>.zip</c> or a <c>.tar.gz</c>; absolute.</summary>
    public required string Path { get; init; }

    /// <summary>The SHA-256 that the file must have, 64 hexadecimal digits; null not to check.</summary>
    public string? Sha256 { get; set; }

    /// <summary>How many files and folders it may hold.</summary>
    public int MaxEntries { get; set; } = PackageLimits.DefaultEntries;

    /// <summary>How many bytes it may have unpacked.</summary>
    public long MaxBytes { get; set; } = PackageLimits.DefaultBytes;

    /// <summary>How many times larger than the file what is in it may be.</summary>
    public int MaxRatio { get; set; } = PackageLimits.DefaultRatio;

    /// <summary>How many bytes must stay free on the disk.</summary>
    public long MinFreeBytes { get; set; } = PackageLimits.DefaultFreeBytes;

    public bool IsSame(PackageSource other) => Sha256 is not null && other.Sha256 is not null
        ? Sha256.Equals(other.Sha256, StringComparison.OrdinalIgnoreCase)
        : Path == other.Path;

    public IEnumerable<string> Problems()
    {
        if (Path is null || !System.IO.Path.IsPathFullyQualified(Path) || Path.Contains('\0', StringComparison.Ordinal))
        {
            yield return "The package must be an absolute path.";
        }

        if (Sha256 is not null && !Hash().IsMatch(Sha256))
        {
            yield return $"'{Releases.Naming.Printable(Sha256)}' is no SHA-256: it has 64 hexadecimal digits.";
        }

        if (MaxEntries < 1 || MaxBytes < 1 || MaxRatio < 1 || MinFreeBytes < 0)
        {
            yield return "A package's limits must be at least 1, and what stays free at least 0.";
        }
    }

    [GeneratedRegex(@"\A[0-9a-fA-F]{64}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Hash();
}
