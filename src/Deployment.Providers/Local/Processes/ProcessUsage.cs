using System.Globalization;
using Deployment.Commands;

namespace Deployment.Providers.Local.Processes;

/// <summary>What the processes of some sessions take of the machine: an instance begins a session, and what it starts stays in it unless it leaves it.</summary>
/// <param name="Ticks">The time on processors of each process that runs, in hundredths of a second, by its id and start.</param>
/// <param name="ResidentBytes">The memory that they have in the machine, what they share counted for each of them.</param>
internal sealed record ProcessUsage(IReadOnlyDictionary<(int ProcessId, long StartTime), long> Ticks, long ResidentBytes)
{
    /// <summary>Linux tells all processes times in this unit, whatever its own is; see proc(5) and sysconf(3).</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Looks at all of them.</summary>
    internal static ProcessUsage Of(IReadOnlySet<int> sessions)
    {
        ProcessStat[] all = [.. ProcessStat.All().Where(stat => sessions.Contains(stat.Session) && !stat.IsGone)];
        return new ProcessUsage(all.ToDictionary(stat => (stat.ProcessId, stat.StartTime), stat => stat.ProcessorTicks), all.Sum(stat => stat.ResidentPages) * Environment.SystemPageSize);
    }

    /// <summary>How many seconds on processors went by since an earlier look, of those that run still.</summary>
    internal double ProcessorSecondsSince(ProcessUsage before) => Ticks.Sum(process => Math.Max(0, process.Value - before.Ticks.GetValueOrDefault(process.Key))) / TicksPerSecond;

    /// <summary>How many processors the machine has.</summary>
    internal static int Processors() => File.ReadLines("/proc/stat").Count(line => line.StartsWith("cpu", StringComparison.Ordinal) && line.Length > 3 && char.IsAsciiDigit(line[3]));

    /// <summary>How much memory the machine has, in bytes.</summary>
    internal static long MachineBytes()
    {
        const string Total = "MemTotal:";
        string line = File.ReadLines("/proc/meminfo").First(line => line.StartsWith(Total, StringComparison.Ordinal));
        return long.Parse(line[Total.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }
}
