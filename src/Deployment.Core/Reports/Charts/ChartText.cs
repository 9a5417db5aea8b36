using System.Globalization;
using System.Text;
using System.Xml;
using Deployment.Analysis;

namespace Deployment.Reports.Charts;

/// <summary>Texts of a chart: what may stand in XML, and is short enough.</summary>
internal static class ChartText
{
    private const int LongestLabel = 12;

    /// <summary>Without what XML can't hold. It is escaped where it is written.</summary>
    internal static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                plain.Append(text, i++, 2);
            }
            else
            {
                plain.Append(XmlConvert.IsXmlChar(text[i]) && !char.IsControl(text[i]) ? text[i] : '\uFFFD');
            }
        }

        return plain.ToString();
    }

    /// <summary>Not longer than so many characters that people see.</summary>
    internal static string Short(string text, int longest)
    {
        var whole = new StringInfo(Plain(text));
        return whole.LengthInTextElements <= longest ? whole.String : whole.SubstringByTextElements(0, longest - 1).TrimEnd() + "…";
    }

    /// <summary>A value in its unit, or as a power of ten where that would be too long.</summary>
    internal static string Value(Metric metric, double value)
    {
        string text = metric.Text(value);
        return text.Length <= LongestLabel ? text : value.ToString("0.##E+0", CultureInfo.InvariantCulture);
    }

    /// <summary>The same beside the picture, where there is little room: by three digits that count.</summary>
    internal static string Label(Metric metric, double value)
    {
        double size = value == 0 ? 0 : Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 2);
        return Value(metric, size == 0 ? value : Math.Round(value / size) * size);
    }

    /// <summary>A time of day, with its date where the other end is on another day.</summary>
    internal static string Time(DateTimeOffset time, DateTimeOffset other) =>
        time.UtcDateTime.ToString(time.UtcDateTime.Date == other.UtcDateTime.Date ? "HH:mm:ss" : "MM-dd HH:mm", CultureInfo.InvariantCulture);

    internal static string Word(WatchOutcome outcome) => outcome switch
    {
        WatchOutcome.Passed => "passed",
        WatchOutcome.RolledBack => "went back",
        WatchOutcome.Held => "held",
        _ => "can't be told",
    };
}
