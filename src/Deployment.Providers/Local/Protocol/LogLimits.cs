namespace Deployment.Providers.Local.Protocol;

/// <summary>How much of an instance's output is kept.</summary>
internal sealed record LogLimits
{
    public const long DefaultBytes = 64 * 1024 * 1024;
    public const int DefaultFiles = 5;

    /// <summary>How long the log may grow before its content is moved to an older file.</summary>
    public long Bytes { get; set; } = DefaultBytes;

    /// <summary>How many older files are kept.</summary>
    public int Files { get; set; } = DefaultFiles;

    public IEnumerable<string> Problems()
    {
        if (Bytes is < 1024 * 1024 or > 1L << 40)
        {
            yield return $"A log of {Bytes} bytes can't be kept: take 1 MiB to 1 TiB.";
        }

        if (Files is < 1 or > 100)
        {
            yield return $"{Files} older log files can't be kept: take 1 to 100.";
        }
    }
}
