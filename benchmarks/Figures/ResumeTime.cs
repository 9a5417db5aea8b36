using System.Globalization;
using System.Security.Cryptography;
using Deployment.Benchmarks.Measuring;
using Deployment.Benchmarks.Workload;

namespace Deployment.Benchmarks.Figures;

/// <summary>From asking to resume a run that died with a journal of so many records to its first effect, beside reading and hashing the journal's bytes.</summary>
internal sealed class ResumeTime(int records) : Benchmark(string.Create(CultureInfo.InvariantCulture, $"resume-{records}"))
{
    private const int RoundCount = 11;

    internal override async IAsyncEnumerable<Figure> MeasureAsync(DiskFolder disk)
    {
        CrashedRun run = await CrashedRun.MakeAsync(disk, records);
        var resume = new Samples();
        var hash = new Samples();
        await Rounds.RunAsync(
            RoundCount,
            async counts => Add(resume, counts, await run.ResumeAsync(disk)),
            counts =>
            {
                Add(hash, counts, Hash(run.JournalPath));
                return Task.CompletedTask;
            });
        yield return new Figure(Name, resume.MedianMilliseconds, "ms", "reading and hashing (SHA-256) the journal alone", hash.MedianMilliseconds);
    }

    private static void Add(Samples samples, bool counts, TimeSpan duration)
    {
        if (counts)
        {
            samples.Add(duration);
        }
    }

    private static TimeSpan Hash(string path)
    {
        long begin = Clock.Now;
        using FileStream journal = File.OpenRead(path);
        byte[] hash = SHA256.HashData(journal);
        TimeSpan duration = Clock.Since(begin);
        GC.KeepAlive(hash);
        return duration;
    }
}
