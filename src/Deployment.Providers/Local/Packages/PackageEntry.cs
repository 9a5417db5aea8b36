namespace Deployment.Providers.Local.Packages;

/// <summary>One thing in a package, as the package claims it to be.</summary>
/// <param name="Name">Its path in the package, parts separated by '/'.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Executable">Whether it may be executed.</param>
/// <param name="Open">Its content; null for what has none.</param>
internal sealed record PackageEntry(string Name, EntryKind Kind, bool Executable, Func<Stream>? Open)
{
    /// <summary>How long the content must be; null where only its end tells.</summary>
    public long? Length { get; init; }

    /// <summary>The checksum that the content must have; null where there is none.</summary>
    public uint? Crc32 { get; init; }
}
