using System.Globalization;
using Deployment.Releases;
using Deployment.Runbooks;

namespace Deployment.Waves;

/// <summary>In which order, and how carefully, one release comes to many targets.</summary>
public sealed class WavesOptions
{
    private static readonly TimeSpan LongestBake = TimeSpan.FromDays(7);

    /// <summary>The waves, in order. Together they take every target. Default: one, 10%, 50%, all.</summary>
    public IReadOnlyList<Wave> Waves { get; set; } = [Wave.Next(1), Wave.UpTo(10), Wave.UpTo(50), Wave.Rest()];

    /// <summary>How many targets of a wave are done at once, at least 1; default 8.</summary>
    public int MaxConcurrency { get; set; } = 8;

    /// <summary>How many targets of a wave may fail, at least 0; default 0. One that fails within the number is taken back alone; one more stops everything.</summary>
    public int MaxFailures { get; set; }

    /// <summary>How long the next wave waits, while each target of this one is watched: by the health checks and the pipeline's monitor. A person can skip it. After it the health checks are made again. From 0 to 7 days; default 0.</summary>
    public TimeSpan BakeTime { get; set; }

    /// <summary>When too many failed: whether targets that are at work are finished, or stopped and taken back. Default false: stopped.</summary>
    public bool FinishRunning { get; set; }

    /// <summary>
    /// When too many failed: whether targets that were done, in this wave and in earlier ones, are kept; the run then ends partly succeeded, and
    /// <see cref="DeploymentPipeline.RetryAsync(string, CancellationToken)"/> goes on with the others. Default false: everything goes back.
    /// A health check that fails after a bake takes everything back whatever this says.
    /// </summary>
    public bool KeepFinished { get; set; }

    internal WavesOptions Copy() => new()
    {
        Waves = [.. Waves],
        MaxConcurrency = MaxConcurrency,
        MaxFailures = MaxFailures,
        BakeTime = BakeTime,
        FinishRunning = FinishRunning,
        KeepFinished = KeepFinished,
    };

    internal TimeSpan BakeOf(Wave wave) => wave.BakeTime ?? BakeTime;

    internal LanePolicy PolicyOf(Wave wave) => new()
    {
        MaxConcurrency = wave.MaxConcurrency ?? MaxConcurrency,
        MaxFailures = wave.MaxFailures ?? MaxFailures,
        FinishRunningLanes = FinishRunning,
        KeepFinishedLanes = KeepFinished,
    };

    internal IEnumerable<string> Problems()
    {
        foreach (string problem in Numbers("Waves", MaxConcurrency, MaxFailures, BakeTime).Concat(Waves.SelectMany(Problems)))
        {
            yield return problem;
        }

        if (Waves.Count == 0)
        {
            yield return "There is no wave. Leave Waves as it is, or name some: Wave.Next(1), Wave.Rest().";
        }

        int[] percents = [.. Waves.Where(wave => wave.Kind == WaveKind.Percent).Select(wave => wave.Number)];
        foreach ((int before, int after) in percents.Zip(percents.Skip(1)).Where(pair => pair.Second <= pair.First))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"A wave up to {after}% comes after one up to {before}%: the shares must grow.");
        }
    }

    private static IEnumerable<string> Problems(Wave wave)
    {
        string what = $"The wave '{Naming.Printable(wave.Name ?? "")}'";
        foreach (string problem in Numbers(what, wave.MaxConcurrency ?? 1, wave.MaxFailures ?? 0, wave.BakeTime ?? TimeSpan.Zero))
        {
            yield return problem;
        }

        if (Title.Problem("wave", wave.Name) is { } name)
        {
            yield return name;
        }

        if (wave.ApprovalBy is { } role && Title.Problem("role", role) is { } bad)
        {
            yield return bad;
        }

        if (wave.Kind == WaveKind.Names && wave.Names.Count == 0)
        {
            yield return $"{what} names no target.";
        }

        if (wave is { Kind: WaveKind.Count, Number: < 1 })
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{what} takes {wave.Number} targets; it must be at least 1.");
        }

        if (wave is { Kind: WaveKind.Percent, Number: < 1 or > 100 })
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{what} takes {wave.Number}% of the targets; it must be 1 to 100.");
        }
    }

    private static IEnumerable<string> Numbers(string what, int maxConcurrency, int maxFailures, TimeSpan bake)
    {
        if (maxConcurrency < 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{what}: MaxConcurrency is {maxConcurrency}; it must be at least 1.");
        }

        if (maxFailures < 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{what}: MaxFailures is {maxFailures}; it can't be negative.");
        }

        if (bake < TimeSpan.Zero || bake > LongestBake)
        {
            yield return $"{what}: BakeTime is {bake}; it must be 0 to {LongestBake.Days} days.";
        }
    }
}
