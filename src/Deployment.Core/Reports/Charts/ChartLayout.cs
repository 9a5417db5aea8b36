using System.Globalization;

namespace Deployment.Reports.Charts;

/// <summary>Where everything of a chart stands, in pixels.</summary>
internal sealed record ChartLayout(DateTimeOffset From, DateTimeOffset Until, ChartScale Scale)
{
    internal const int Width = 500;
    internal const int Height = 140;
    internal const int Left = 64;
    internal const int Right = 408;
    internal const int Top = 26;
    internal const int Bottom = 118;

    internal string X(DateTimeOffset at) => Text(Left + ((Right - Left) * ShareOf(at)));

    internal string Y(double value) => Text(Bottom - ((Bottom - Top) * Scale.Share(value)));

    internal static string Text(double pixels) => pixels.ToString("0.#", CultureInfo.InvariantCulture);

    private double ShareOf(DateTimeOffset at) => Math.Clamp((at - From) / (Until - From), 0, 1);
}
