using System.Globalization;
using Deployment.Commands;
using Deployment.Reports;
using Deployment.Store;

namespace Deployment;

/// <summary>The process that holds a run's lease, and what is known of it from here.</summary>
public sealed record Driver
{
    private Driver()
    {
    }

    /// <summary>Who it is, for people: <c>process 123 on web-1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it still runs: on this machine by its id and start time, elsewhere unknown.</summary>
    public required DriverLife Life { get; init; }

    /// <summary>When it last renewed the lease, by its own clock, which may differ from the one here; null where the store doesn't keep it.</summary>
    public DateTimeOffset? LastBeat { get; init; }

    /// <summary>When it was looked at, by the clock here.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Who it is, whether it runs and how long ago its last sign of life was. Times of another machine's clock are said as they stand: clocks are never compared.</summary>
    public override string ToString() => Life switch
    {
        DriverLife.Runs => $"{Name} (this machine), which runs{Since()}",
        DriverLife.Ended => $"{Name} (this machine), which no longer runs{Since()}",
        _ => $"{Name}{(LastBeat is { } beat ? string.Create(CultureInfo.InvariantCulture, $"; last sign of life {beat.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC by its own clock") : "")}; whether it still runs can't be seen from here",
    };

    /// <summary>The holder of a lease; null when nobody holds it.</summary>
    internal static Driver? Of(LeaseState? lease, DateTimeOffset now)
    {
        if (lease is null or { Released: true })
        {
            return null;
        }

        CommandProcess? process = ProcessText.Parse(lease.Holder);
        return new Driver
        {
            Name = ProcessText.NameOf(lease.Holder),
            Life = process switch
            {
                null or { StartTime: 0 } => DriverLife.Unknown,
                { Host: var host } when HostIdentity.IsEarlierBoot(host) => DriverLife.Ended,
                { Host: var host } when host != HostIdentity.Current => DriverLife.Unknown,
                _ => ProcessGroup.IsAlive(process) ? DriverLife.Runs : DriverLife.Ended,
            },
            LastBeat = lease.BeatAt,
            SeenAt = now,
        };
    }

    // On one machine it is one clock, which somebody may still have set back meanwhile.
    private string Since() => LastBeat is { } beat
        ? $"; last sign of life {Duration.Roughly(SeenAt > beat ? SeenAt - beat : TimeSpan.Zero)} ago"
        : "";
}
