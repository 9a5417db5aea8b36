using System.Diagnostics;

namespace Deployment.Samples.Tests;

/// <summary>Sends signals, which the framework can't.</summary>
internal static class Signal
{
    public static void Terminate(int processId)
    {
        using Process kill = Process.Start("kill", ["-TERM", processId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
