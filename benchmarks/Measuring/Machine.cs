using System.Globalization;
using System.Runtime.InteropServices;

namespace Deployment.Benchmarks.Measuring;

/// <summary>What the figures depend on.</summary>
internal static class Machine
{
    internal static string Describe(DiskFolder disk)
    {
        double memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Math.Pow(1024, 3);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({RuntimeInformation.ProcessArchitecture}), {memory:F0} GiB, {disk.FileSystem}, {RuntimeInformation.OSDescription}, kernel {Environment.OSVersion.Version}, {RuntimeInformation.FrameworkDescription}");
    }
}
