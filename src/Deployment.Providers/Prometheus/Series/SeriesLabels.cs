using System.Globalization;
using System.Text.Json;

namespace Deployment.Providers.Prometheus.Series;

/// <summary>What a series is known by.</summary>
internal sealed class SeriesLabels
{
    private const string Name = "__name__";
    private const string Bound = "le";
    private readonly SortedDictionary<string, string> _labels;

    internal SeriesLabels(SortedDictionary<string, string> labels)
    {
        _labels = labels;
        Key = Text(null);
        KeyWithoutName = Text(Name);
        KeyWithoutBound = Text(Bound);
    }

    internal static SeriesLabels None { get; } = new([]);

    /// <summary>The same for the same labels, and for no others.</summary>
    internal string Key { get; }

    /// <summary>The same for series that differ in their metric's name alone: functions drop it.</summary>
    internal string KeyWithoutName { get; }

    /// <summary>The same for all buckets of a histogram.</summary>
    internal string KeyWithoutBound { get; }

    /// <summary>A bucket's upper bound; null when it is none. `1` and `1.0` are one bound: clients write both.</summary>
    internal double? UpperBound => _labels.GetValueOrDefault(Bound) switch
    {
        "+Inf" => double.PositiveInfinity,
        { } text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double bound) && double.IsFinite(bound) => bound,
        _ => null,
    };

    /// <summary>As Prometheus prints it.</summary>
    public override string ToString() =>
        $"{_labels.GetValueOrDefault(Name)}{{{string.Join(", ", _labels.Where(label => label.Key != Name).Select(label => $"{label.Key}=\"{label.Value}\""))}}}";

    // A separator that no label can fake: each text is quoted.
    private string Text(string? without) => string.Concat(_labels.Where(label => label.Key != without)
        .Select(label => $"{JsonEncodedText.Encode(label.Key)}=\"{JsonEncodedText.Encode(label.Value)}\","));
}
