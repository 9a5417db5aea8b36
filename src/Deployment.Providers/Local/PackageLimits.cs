namespace Deployment.Providers.Local;

/// <summary>What a package may hold at most. A package that holds more is refused, and nothing of it is left.</summary>
public sealed class PackageLimits
{
    internal const int DefaultEntries = 100_000;
    internal const long DefaultBytes = 4L * 1024 * 1024 * 1024;
    internal const int DefaultRatio = 200;
    internal const long DefaultFreeBytes = 256L * 1024 * 1024;

    /// <summary>How many files and folders, at least 1. Default 100 000.</summary>
    public int Entries { get; set; } = DefaultEntries;

    /// <summary>How many bytes unpacked, at least 1. Default 4 GiB.</summary>
    public long Bytes { get; set; } = DefaultBytes;

    /// <summary>How many times larger unpacked than packed, at least 1; the first mebibyte is free. Default 200, which no ordinary content comes near.</summary>
    public int Ratio { get; set; } = DefaultRatio;

    /// <summary>How many bytes must stay free on the disk of the state folder, at least 0. Default 256 MiB.</summary>
    public long FreeBytes { get; set; } = DefaultFreeBytes;

    internal IEnumerable<string> Problems()
    {
        if (Entries < 1 || Bytes < 1 || Ratio < 1 || FreeBytes < 0)
        {
            yield return "Packages: Entries, Bytes and Ratio must be at least 1, and FreeBytes at least 0.";
        }
    }

    internal PackageLimits Copy() => (PackageLimits)MemberwiseClone();
}
