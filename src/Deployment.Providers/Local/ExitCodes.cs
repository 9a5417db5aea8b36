namespace Deployment.Providers.Local;

/// <summary>How a supervisor or a router ends, for whoever started it.</summary>
internal static class ExitCodes
{
    public const int Usage = 64;
    public const int Failed = 70;
    public const int AnotherHoldsTheLock = 75;
    public const int PortInUse = 76;
}
