namespace Deployment.Environments;

/// <summary>When windows are open. It asks the zones of the machine, so plans never do.</summary>
internal static class WindowTimes
{
    // A week has every day once; a day that a zone skipped (it crossed the date line) leaves the same day of the next week.
    private const int DaysAhead = 15;

    /// <summary>When the first of the windows is open next: at or before now where one is open now.</summary>
    internal static DateTimeOffset NextOpening(IEnumerable<DeploymentWindow> windows, DateTimeOffset now) => windows.Min(window => NextOpening(window, now));

    /// <summary>The zone; null where this machine doesn't know it.</summary>
    internal static TimeZoneInfo? ZoneOf(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone : null;

    private static DateTimeOffset NextOpening(DeploymentWindow window, DateTimeOffset now)
    {
        TimeZoneInfo zone = ZoneOf(window.TimeZone)
            ?? throw new DeploymentException($"This machine doesn't know the time zone '{window.TimeZone}' of the window {window}. Install its time zone data (tzdata), or name another zone.");
        DateOnly today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        // Yesterday's may still be open, and the clock may have skipped a day since.
        for (DateOnly day = today.AddDays(-2); day <= today.AddDays(DaysAhead); day = day.AddDays(1))
        {
            if (!window.Days.Contains(day.DayOfWeek))
            {
                continue;
            }

            DateTimeOffset from = FirstInstant(zone, day.ToDateTime(window.From));
            DateTimeOffset to = FirstInstant(zone, (window.To > window.From ? day : day.AddDays(1)).ToDateTime(window.To));
            if (now < to && from < to)
            {
                return from;
            }
        }

        throw new DeploymentException($"The window {window} doesn't open within {DaysAhead} days. Mend its days or its hours.");
    }

    /// <summary>The first instant at which the zone's clock shows this time or a later one.</summary>
    private static DateTimeOffset FirstInstant(TimeZoneInfo zone, DateTime wall)
    {
        // A clock that is put forward shows the end of the gap next. Gaps begin and end at whole minutes.
        DateTime shown = wall;
        while (zone.IsInvalidTime(shown))
        {
            shown = new DateTime(shown.Ticks - (shown.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Unspecified).AddMinutes(1);
        }

        TimeSpan offset = zone.IsAmbiguousTime(shown) ? zone.GetAmbiguousTimeOffsets(shown).Max() : zone.GetUtcOffset(shown);
        return new DateTimeOffset(shown, offset);
    }
}
