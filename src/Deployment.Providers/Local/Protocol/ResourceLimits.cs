namespace Deployment.Providers.Local.Protocol;

/// <summary>How much of the machine one instance may take, with all that it starts. Null for no limit.</summary>
internal sealed record ResourceLimits
{
    public long? MemoryBytes { get; set; }

    public double? CpuCores { get; set; }

    public IEnumerable<string> Problems()
    {
        if (MemoryBytes is < 16L * 1024 * 1024)
        {
            yield return $"A memory limit of {MemoryBytes} bytes is too little for any program: take at least 16 MiB.";
        }

        if (CpuCores is not null and not (>= 0.01 and <= 4096))
        {
            yield return $"A limit of {CpuCores} cores can't be set: take 0.01 to 4096.";
        }
    }
}
