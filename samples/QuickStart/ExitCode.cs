namespace QuickStart;

/// <summary>How the QuickStart ends, for whoever started it.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int Stopped = 130;
}
