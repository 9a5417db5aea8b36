namespace Deployment.Analysis;

/// <summary>How a release is watched.</summary>
public sealed class MonitorOptions
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>The time between two looks: 100 ms to 1 h. Default 1 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after a shift only metrics count that say so (<see cref="Metric.CountsInWarmUp"/>), such as errors: 0 to 1 h. Default 30 s.</summary>
    public TimeSpan WarmUp { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How old the newest sample may be, by its own time, and how long after a shift the first one may take: 1 s to 24 h. Default 30 s; take twice the time between two scrapes.</summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a source may take to answer: above 0, to 5 min. Default 5 s.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many looks in a row may fail to read a metric before <see cref="OnMissingData"/> is done: 1 to 10,000. Default 10.</summary>
    public int MaxSourceErrors { get; set; } = 10;

    /// <summary>What is done when at the end of a watch there was too little to judge, or a source failed too often. Default <see cref="MissingDataAction.Hold"/>.</summary>
    public MissingDataAction OnMissingData { get; set; }

    /// <summary>With <see cref="MissingDataAction.Wait"/>: how much longer it watches than planned: above 0, to 24 h. Default 10 min.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How far back the baseline is recorded before the deployment, from sources that have a memory: 10 s to 24 h. Default 10 min.</summary>
    public TimeSpan Recording { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the release is watched when it takes all traffic and the strategy is done, on all targets at once and before anything that stands at the end: 0 for not at all, to 24 h. Default 60 min.</summary>
    public TimeSpan Intensive { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>
    /// How long it is watched on after the run, by scheduled runs (<see cref="DeploymentPipeline.CompleteAsync(CancellationToken)"/>, or the host's worker): 0 for not at all, to 7 days; 24 to 48 h are the field's
    /// custom. Default 0. What they find makes the whole deployment go back; data that are missing are noted. Rules whose source has no memory
    /// (<see cref="IMetricSource.Remembers"/>) don't count in them.
    /// </summary>
    public TimeSpan Extended { get; set; }

    /// <summary>How far those runs are apart: 1 min to 1 h, and not more than the sources remember; the local router keeps 15 min. Default 10 min.</summary>
    public TimeSpan ExtendedInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether rules that compare with the baseline count in the extended watch as well. Default false: what was recorded for minutes
    /// (<see cref="Recording"/>) tells little of another time of the day, and a comparison that is made again at each look for days is found by chance
    /// sooner or later. What is left out is said in the plan. A plan whose extended watch would have no rule left is refused.
    /// </summary>
    public bool CompareInExtended { get; set; }

    internal MonitorOptions Copy() => (MonitorOptions)MemberwiseClone();

    /// <summary>For looks long after a shift, when nothing warms up any more.</summary>
    internal MonitorOptions WithoutWarmUp()
    {
        MonitorOptions copy = Copy();
        copy.WarmUp = TimeSpan.Zero;
        return copy;
    }

    /// <summary>For a watch whose run is held already: missing data holds it no further.</summary>
    internal MonitorOptions WaitingForEver()
    {
        MonitorOptions copy = Copy();
        copy.OnMissingData = MissingDataAction.Wait;
        return copy;
    }

    internal IEnumerable<string> Problems()
    {
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] ranges =
        [
            (nameof(Interval), Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            (nameof(WarmUp), WarmUp, TimeSpan.Zero, TimeSpan.FromHours(1)),
            (nameof(StaleAfter), StaleAfter, TimeSpan.FromSeconds(1), Day),
            (nameof(ReadTimeout), ReadTimeout, TimeSpan.FromTicks(1), TimeSpan.FromMinutes(5)),
            (nameof(LongestWait), LongestWait, TimeSpan.FromTicks(1), Day),
            (nameof(Recording), Recording, TimeSpan.FromSeconds(10), Day),
            (nameof(Intensive), Intensive, TimeSpan.Zero, Day),
            (nameof(Extended), Extended, TimeSpan.Zero, TimeSpan.FromDays(7)),
            (nameof(ExtendedInterval), ExtendedInterval, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)),
        ];
        foreach ((string name, TimeSpan value, TimeSpan least, TimeSpan most) in ranges.Where(range => range.Value < range.Least || range.Value > range.Most))
        {
            yield return $"The monitor's {name} is {value}; it must be {(least == TimeSpan.FromTicks(1) ? "above 0" : least.ToString())} to {most}.";
        }

        if (MaxSourceErrors is < 1 or > 10_000)
        {
            yield return $"The monitor's {nameof(MaxSourceErrors)} is {MaxSourceErrors}; it must be 1 to 10,000.";
        }

        if (!Enum.IsDefined(OnMissingData))
        {
            yield return $"The monitor's {nameof(OnMissingData)} is {OnMissingData}, which is none.";
        }
    }
}
