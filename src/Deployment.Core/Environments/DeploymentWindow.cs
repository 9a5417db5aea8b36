using System.Globalization;

namespace Deployment.Environments;

/// <summary>
/// Hours of some days in which deployments may begin, by the wall clock of a time zone. It opens at the first instant at which that clock shows
/// <see cref="From"/> or later, and closes at the first at which it shows <see cref="To"/> or later: also where the clock is put forward or back in between.
/// </summary>
public sealed record DeploymentWindow
{
    /// <summary>The days on which it opens; at least one.</summary>
    public required IReadOnlyList<DayOfWeek> Days { get; init; }

    /// <summary>When it opens.</summary>
    public required TimeOnly From { get; init; }

    /// <summary>When it closes: on the next day where that is not after <see cref="From"/>, so equal times are a whole day.</summary>
    public required TimeOnly To { get; init; }

    /// <summary>The zone whose clock counts, by its IANA name such as <c>Europe/Berlin</c>. Default <c>UTC</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>From Monday to Friday.</summary>
    /// <param name="from">When it opens.</param>
    /// <param name="to">When it closes.</param>
    /// <param name="timeZone">The zone, by its IANA name.</param>
    public static DeploymentWindow Weekdays(TimeOnly from, TimeOnly to, string timeZone = "UTC") => new()
    {
        Days = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday],
        From = from,
        To = to,
        TimeZone = timeZone,
    };

    /// <summary>Such as <c>Monday, Friday 22:00–04:00 Europe/Berlin</c>.</summary>
    public override string ToString() => $"{string.Join(", ", Days)} {Time(From)}–{Time(To)} {TimeZone}";

    internal static string Words(IEnumerable<DeploymentWindow> windows) => string.Join("; or ", windows);

    internal DeploymentWindow Copy() => this with { Days = [.. Days ?? []] };

    private static string Time(TimeOnly time) => time.ToString(time.Ticks % TimeSpan.TicksPerMinute == 0 ? "HH:mm" : "HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
}
