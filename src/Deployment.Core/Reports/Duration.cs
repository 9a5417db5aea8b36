using System.Globalization;

namespace Deployment.Reports;

/// <summary>Says how long something takes as people do: <c>1 h 30 min</c>.</summary>
internal static class Duration
{
    internal static string Of(TimeSpan time)
    {
        string[] parts =
        [
            .. Part(time.Days, "d"),
            .. Part(time.Hours, "h"),
            .. Part(time.Minutes, "min"),
            .. time.Ticks % TimeSpan.TicksPerMinute == 0
                ? []
                : new[] { string.Create(CultureInfo.InvariantCulture, $"{TimeSpan.FromTicks(time.Ticks % TimeSpan.TicksPerMinute).TotalSeconds:0.###} s") },
        ];
        return parts.Length == 0 ? "0 s" : string.Join(' ', parts);
    }

    /// <summary>To the second: how long ago something was.</summary>
    internal static string Roughly(TimeSpan time) => Of(TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds)));

    private static IEnumerable<string> Part(int number, string unit) =>
        number == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"{number} {unit}")];
}
