using Microsoft.Win32.SafeHandles;

namespace Deployment.Benchmarks.Measuring;

/// <summary>The peer of a durable step: the same bytes appended to a plain file and flushed as often, and nothing else.</summary>
internal static class PlainAppends
{
    /// <summary>Does all appends, each with its flush.</summary>
    /// <param name="path">A new file.</param>
    /// <param name="appends">What each append writes.</param>
    /// <param name="together">How many appends are timed as one.</param>
    /// <returns>The durations.</returns>
    internal static List<TimeSpan> Time(string path, IReadOnlyList<ReadOnlyMemory<byte>> appends, int together)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        List<TimeSpan> durations = new(appends.Count / together);
        long offset = 0;
        foreach (ReadOnlyMemory<byte>[] some in appends.Chunk(together))
        {
            long begin = Clock.Now;
            foreach (ReadOnlyMemory<byte> append in some)
            {
                RandomAccess.Write(file, append.Span, offset);
                RandomAccess.FlushToDisk(file);
                offset += append.Length;
            }

            durations.Add(Clock.Since(begin));
        }

        return durations;
    }
}
