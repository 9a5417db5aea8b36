namespace Deployment.Testing;

/// <summary>A <see cref="SimulatedProcess"/> has died: nothing that it does reaches the world any more.</summary>
public sealed class SimulatedCrashException : Exception
{
    internal SimulatedCrashException(string where)
        : base($"The simulated process died {where}.")
    {
    }
}
