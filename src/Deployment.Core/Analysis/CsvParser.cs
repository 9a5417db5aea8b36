using System.Globalization;
using Deployment.Releases;
using Microsoft.VisualBasic.FileIO;

namespace Deployment.Analysis;

/// <summary>The first line names the columns. A quoted field stays on its line.</summary>
internal sealed class CsvParser : MetricFileParser
{
    private static readonly string[] Columns = ["metric", "revision", "application", "environment", "target", "from", "at", "value", "events", "bad"];
    private static readonly string[] Needed = ["metric", "revision", "at"];

    private string[]? _header;

    internal override MetricFileRow? Parse(string line)
    {
        string[] fields = Fields(line);
        if (_header is null)
        {
            _header = Header(fields);
            return null;
        }

        if (fields.Length != _header.Length)
        {
            throw new FormatException($"has {fields.Length} fields, and the first line names {_header.Length} columns");
        }

        return new MetricFileRow
        {
            Metric = Text(fields, "metric"),
            Revision = Text(fields, "revision"),
            Application = Field(fields, "application"),
            Environment = Field(fields, "environment"),
            Target = Field(fields, "target"),
            From = Field(fields, "from") is { } from ? Time("from", from) : null,
            At = Time("at", Text(fields, "at")),
            Value = Number(fields, "value"),
            Events = Number(fields, "events"),
            Bad = Number(fields, "bad"),
        };
    }

    private static string[] Header(string[] names)
    {
        string all = string.Join(", ", Columns);
        return names.Except(Columns).FirstOrDefault() is { } unknown ? throw new FormatException($"names the column '{Naming.Printable(unknown)}'; there are {all}")
            : names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice ? throw new FormatException($"names the column '{twice.Key}' more than once")
            : Needed.Except(names).FirstOrDefault() is { } missing ? throw new FormatException($"lacks the column '{missing}'; it must name the columns, of {all}")
            : names;
    }

    private static string[] Fields(string line)
    {
        using var parser = new TextFieldParser(new StringReader(line)) { HasFieldsEnclosedInQuotes = true };
        parser.SetDelimiters(",");
        try
        {
            return parser.ReadFields() ?? [];
        }
        catch (MalformedLineException error)
        {
            throw new FormatException("has a quote that is not ended, or not alone in its field", error);
        }
    }

    private static DateTimeOffset Time(string column, string text) => MetricFileTime.TryParse(text, out DateTimeOffset time)
        ? time
        : throw new FormatException($"has '{Naming.Printable(text)}' as '{column}', which is no time such as 2026-01-31T10:00:00Z");

    private string? Field(string[] fields, string column) => Array.IndexOf(_header!, column) is >= 0 and int i && fields[i].Length > 0 ? fields[i] : null;

    private string Text(string[] fields, string column) => Field(fields, column) ?? throw new FormatException($"has nothing in the column '{column}'");

    private double? Number(string[] fields, string column) => Field(fields, column) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number
        : throw new FormatException($"has '{Naming.Printable(text)}' as '{column}', which is no number");
}
