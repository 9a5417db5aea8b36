using System.Globalization;

namespace Deployment.Providers.HAProxy.Sites;

/// <summary>Numbers as HAProxy's maps have them.</summary>
internal static class Digits
{
    /// <exception cref="FormatException">It is no number from 0 on.</exception>
    public static int Read(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw new FormatException($"'{text}' is no number");

    /// <exception cref="FormatException">It is no number from 0 on.</exception>
    public static long ReadLong(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw new FormatException($"'{text}' is no number");
}
