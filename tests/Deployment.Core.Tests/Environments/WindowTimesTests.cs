using System.Globalization;
using Deployment.Environments;

namespace Deployment.Tests.Environments;

[Category("Unit")]
public sealed class WindowTimesTests
{
    private const string Weekdays = "Monday, Tuesday, Wednesday, Thursday, Friday";

    // 2030-03-31 and 2030-10-27: Berlin's clock goes from 02:00 to 03:00, and from 03:00 to 02:00. 2011-12-30 never was in Apia.
    [TestCase(Weekdays, "09:00", "16:00", "UTC", "2030-01-01T10:00:00Z", null, Description = "inside")]
    [TestCase(Weekdays, "09:00", "16:00", "UTC", "2030-01-01T09:00:00Z", null, Description = "at its opening")]
    [TestCase(Weekdays, "09:00", "16:00", "UTC", "2030-01-01T16:00:00Z", "2030-01-02T09:00:00Z", Description = "at its closing")]
    [TestCase(Weekdays, "09:00", "16:00", "UTC", "2030-01-01T08:59:59Z", "2030-01-01T09:00:00Z", Description = "a second before")]
    [TestCase(Weekdays, "09:00", "16:00", "UTC", "2030-01-04T16:30:00Z", "2030-01-07T09:00:00Z", Description = "over the weekend")]
    [TestCase("Sunday", "00:00", "00:00", "UTC", "2030-01-06T23:59:59Z", null, Description = "a whole day")]
    [TestCase("Sunday", "00:00", "00:00", "UTC", "2030-01-07T00:00:00Z", "2030-01-13T00:00:00Z", Description = "a week later")]
    [TestCase("Friday", "22:00", "04:00", "UTC", "2030-01-05T03:59:00Z", null, Description = "over midnight, on the day after")]
    [TestCase("Friday", "22:00", "04:00", "UTC", "2030-01-05T04:00:00Z", "2030-01-11T22:00:00Z", Description = "over midnight, closed")]
    [TestCase("Friday", "22:00", "04:00", "UTC", "2030-01-04T03:00:00Z", "2030-01-04T22:00:00Z", Description = "the night before belongs to Thursday")]
    [TestCase(Weekdays, "09:00", "16:00", "Europe/Berlin", "2030-01-01T08:00:00Z", null, Description = "winter time")]
    [TestCase(Weekdays, "09:00", "16:00", "Europe/Berlin", "2030-07-01T06:00:00Z", "2030-07-01T07:00:00Z", Description = "summer time")]
    [TestCase("Sunday", "02:30", "05:00", "Europe/Berlin", "2030-03-31T00:30:00Z", "2030-03-31T01:00:00Z", Description = "opens in the gap: at its end")]
    [TestCase("Sunday", "01:00", "02:30", "Europe/Berlin", "2030-03-31T00:59:00Z", null, Description = "closes in the gap: still open")]
    [TestCase("Sunday", "01:00", "02:30", "Europe/Berlin", "2030-03-31T01:00:00Z", "2030-04-06T23:00:00Z", Description = "closes in the gap: closed at its end")]
    [TestCase("Sunday", "02:30", "05:00", "Europe/Berlin", "2030-10-27T00:00:00Z", "2030-10-27T00:30:00Z", Description = "opens in the doubled hour: the first time")]
    [TestCase("Sunday", "01:00", "02:30", "Europe/Berlin", "2030-10-27T00:30:00Z", "2030-11-03T00:00:00Z", Description = "closes in the doubled hour: the first time")]
    [TestCase("Friday", "10:00", "12:00", "Pacific/Apia", "2011-12-29T23:00:00Z", "2012-01-05T20:00:00Z", Description = "a day that was skipped")]
    public void NextOpening_OfATime_IsThat(string days, string from, string to, string zone, string now, string? opens)
    {
        DeploymentWindow window = Window(days, from, to, zone);
        DateTimeOffset at = Instant(now);

        DateTimeOffset next = WindowTimes.NextOpening([window], at);

        (next <= at ? null : next.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)).Should().Be(opens);
    }

    [Test]
    public void NextOpening_SeveralWindows_IsThatOfTheFirst() =>
        WindowTimes.NextOpening([Window("Friday", "09:00", "16:00", "UTC"), Window("Saturday", "03:00", "04:00", "UTC")], Instant("2030-01-04T16:30:00Z"))
            .Should().Be(Instant("2030-01-05T03:00:00Z"));

    /// <summary>Whatever the zone does: stepping over the weeks of both changes minute by minute, it opens when the clock first shows From, and closes when it first shows To.</summary>
    [Test]
    public void NextOpening_MinuteByMinute_IsWhatTheClockShows([Values("Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "UTC")] string name, [Values("01:15-02:45", "22:30-03:30", "02:00-02:00")] string hours)
    {
        string[] times = hours.Split('-');
        DeploymentWindow window = Window("Saturday, Sunday, Monday", times[0], times[1], name);
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        int changes = 0;
        foreach (DateTimeOffset begin in new[] { "2030-03-08T12:00:00Z", "2030-03-29T12:00:00Z", "2030-04-05T12:00:00Z", "2030-10-04T12:00:00Z", "2030-10-25T12:00:00Z", "2030-11-01T12:00:00Z" }.Select(Instant))
        {
            bool[] open = Open(window, zone, begin);
            for (int minute = 0; minute < open.Length; minute++)
            {
                DateTimeOffset now = begin.AddMinutes(minute);
                (WindowTimes.NextOpening([window], now) <= now).Should().Be(open[minute], $"at {TimeZoneInfo.ConvertTime(now, zone):o}");
                changes += minute > 0 && open[minute] != open[minute - 1] ? 1 : 0;
            }
        }

        changes.Should().BeGreaterThanOrEqualTo(12);
    }

    /// <summary>Found by looking at the clock of every minute: open from when a day's clock first shows From to when it first shows To.</summary>
    private static bool[] Open(DeploymentWindow window, TimeZoneInfo zone, DateTimeOffset begin)
    {
        DateTime[] shown = [.. Enumerable.Range(0, 4 * 24 * 60).Select(minute => TimeZoneInfo.ConvertTime(begin.AddMinutes(minute), zone).DateTime)];
        var open = new bool[shown.Length];
        foreach (DateOnly day in shown.Select(DateOnly.FromDateTime).Distinct().SelectMany(day => new[] { day.AddDays(-1), day }).Distinct().Where(day => window.Days.Contains(day.DayOfWeek)))
        {
            DateTime to = (window.To > window.From ? day : day.AddDays(1)).ToDateTime(window.To);
            int first = Array.FindIndex(shown, time => time >= day.ToDateTime(window.From));
            int last = Array.FindIndex(shown, time => time >= to);
            for (int minute = first; first >= 0 && minute < (last >= 0 ? last : shown.Length); minute++)
            {
                open[minute] = true;
            }
        }

        return open;
    }

    private static DeploymentWindow Window(string days, string from, string to, string zone) => new()
    {
        Days = [.. days.Split(", ").Select(Enum.Parse<DayOfWeek>)],
        From = TimeOnly.Parse(from, CultureInfo.InvariantCulture),
        To = TimeOnly.Parse(to, CultureInfo.InvariantCulture),
        TimeZone = zone,
    };

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
