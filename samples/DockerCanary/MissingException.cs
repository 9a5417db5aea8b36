namespace DockerCanary;

/// <summary>Something that the sample needs isn't on this machine.</summary>
internal sealed class MissingException(string message) : Exception(message)
{
    /// <summary>What the sample ends with then.</summary>
    public const int ExitCode = 3;
}
