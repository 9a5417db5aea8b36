namespace Deployment.Migrations;

/// <summary>When migrations are applied, and what a failure does after some were.</summary>
public sealed class MigrationOptions
{
    /// <summary>How long after a deployment's success its release can still go back, so that what older releases need stays: 0 to 30 days. Default 24 h.</summary>
    public TimeSpan RollbackWindow { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Whether backfills are applied when the new release takes all traffic, and not before it is installed. Take it where the new release writes what is new and no trigger does. Default false.</summary>
    public bool BackfillAfterDeployment { get; set; }

    /// <summary>How long one attempt to expand or to contract may take: 1 s to 24 h. Default 10 min.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one attempt of a backfill may take; the next one goes on where it ended: 1 s to 24 h. Default 24 h.</summary>
    public TimeSpan BackfillTimeout { get; set; } = TimeSpan.FromHours(24);

    /// <summary>What a failure of the release does when its run has expanded the schema. Default <see cref="MigratedFailure.RollBack"/>.</summary>
    public MigratedFailure AfterExpand { get; set; }

    /// <summary>What a failure of the release does when its run has begun a backfill. Default <see cref="MigratedFailure.RollBack"/>.</summary>
    public MigratedFailure AfterBackfill { get; set; }

    internal MigrationOptions Copy() => (MigrationOptions)MemberwiseClone();

    internal IEnumerable<string> Problems()
    {
        (string Name, TimeSpan Value, TimeSpan Least, TimeSpan Most)[] ranges =
        [
            (nameof(RollbackWindow), RollbackWindow, TimeSpan.Zero, TimeSpan.FromDays(30)),
            (nameof(Timeout), Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            (nameof(BackfillTimeout), BackfillTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
        ];
        foreach ((string name, TimeSpan value, TimeSpan least, TimeSpan most) in ranges.Where(range => range.Value < range.Least || range.Value > range.Most))
        {
            yield return $"The migrations' {name} is {value}; it must be {least} to {most}.";
        }

        foreach ((string name, MigratedFailure value) in new[] { (nameof(AfterExpand), AfterExpand), (nameof(AfterBackfill), AfterBackfill) }.Where(option => !Enum.IsDefined(option.Item2)))
        {
            yield return $"The migrations' {name} is {value}, which is none.";
        }
    }
}
