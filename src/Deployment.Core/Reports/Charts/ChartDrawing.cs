using System.Xml.Linq;
using static Deployment.Reports.Charts.ChartLayout;

namespace Deployment.Reports.Charts;

/// <summary>
/// The marks of a chart. Blue and vermilion are told apart by colour-blind people, and solid and dashed by everyone, on paper too. The colours
/// stand in the elements for readers without style sheets; the style sheet only changes them where it is dark.
/// </summary>
internal sealed class ChartDrawing(ChartLayout layout)
{
    private const string Ink = "#1f2328";
    private const string Dim = "#59636e";
    private const string Grid = "#d1d9e0";
    private const string Candidate = "#0072b2";
    private const string Baseline = "#d55e00";
    private const string Dark = "@media (prefers-color-scheme: dark) { "
        + ".paper { fill: #0d1117 } .ink { fill: #e6edf3 } .dim { fill: #9198a1 } .grid { stroke: #30363d } .axis, .verdict { stroke: #e6edf3 } "
        + ".candidate { stroke: #56b4e9 } .candidate-dot { fill: #56b4e9 } .baseline { stroke: #ff9e4a } .baseline-dot { fill: #ff9e4a } .limit { stroke: #9198a1 } }";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private double _lowestLabel = double.MaxValue;

    internal XElement Root { get; } = new(
        Svg + "svg",
        new XAttribute("width", Width),
        new XAttribute("height", Height),
        new XAttribute("viewBox", $"0 0 {Width} {Height}"),
        new XAttribute("role", "img"),
        new XAttribute("font-family", "system-ui, sans-serif"),
        new XAttribute("font-size", 10));

    internal void Begin(string title, string description)
    {
        Root.Add(new XElement(Svg + "title", ChartText.Plain(title)), new XElement(Svg + "desc", ChartText.Plain(description)), new XElement(Svg + "style", Dark));
        Add("rect", "paper", ("width", Width), ("height", Height), ("rx", 4), ("fill", "#ffffff"));
    }

    /// <summary>The time after the shift that doesn't count.</summary>
    internal void WarmUp(DateTimeOffset until)
    {
        double end = Number(layout.X(until));
        Add("rect", "warm-up", ("x", Left), ("y", Top), ("width", ChartLayout.Text(end - Left)), ("height", Bottom - Top), ("fill", "#818b98"), ("fill-opacity", "0.16"));
        if (end - Left > 46)
        {
            Text("dim", "warm-up", Dim, ChartLayout.Text(Left + 4), Bottom - 4, "start");
        }
    }

    internal void Axes(string high, string low)
    {
        Add("path", "grid", ("d", $"M{Left},{Top}H{Right}"), ("fill", "none"), ("stroke", Grid));
        Add("path", "axis", ("d", $"M{Left},{Top}V{Bottom}H{Right}"), ("fill", "none"), ("stroke", Ink));
        Text("dim", high, Dim, "60", Top + 4, "end");
        Text("dim", low, Dim, "60", Bottom + 1, "end");
        Text("dim", $"{ChartText.Time(layout.From, layout.Until)} shift", Dim, "64", Bottom + 14, "start");
        Text("dim", $"{ChartText.Time(layout.Until, layout.From)} UTC", Dim, "408", Bottom + 14, "end");
    }

    internal void Limit(double value, string label)
    {
        string y = layout.Y(value);
        Add("path", "limit", ("d", $"M{Left},{y}H{Right}"), ("fill", "none"), ("stroke", Dim), ("stroke-dasharray", "1.5 2.5"));
        // Limits come from below; labels that would lie on each other are left out, and stand in the table.
        if (_lowestLabel - Number(y) >= 10)
        {
            _lowestLabel = Number(y);
            Text("dim", label, Dim, "412", Number(y) + 3.5, "start");
        }
    }

    /// <summary>One value for the whole time: a baseline that was recorded before.</summary>
    internal void Level(double value) => Stroke($"M{Left},{layout.Y(value)}H{Right}", isCandidate: false);

    internal void Line(IReadOnlyList<IReadOnlyList<ChartPoint>> pieces, bool isCandidate)
    {
        string path = string.Concat(pieces.Where(piece => piece.Count > 1).Select(piece => "M" + string.Join('L', piece.Select(point => $"{layout.X(point.At)},{layout.Y(point.Value)}"))));
        if (path.Length > 0)
        {
            Stroke(path, isCandidate);
        }

        foreach (IReadOnlyList<ChartPoint> alone in pieces.Where(piece => piece.Count == 1))
        {
            Add("circle", isCandidate ? "candidate-dot" : "baseline-dot", ("cx", layout.X(alone[0].At)), ("cy", layout.Y(alone[0].Value)), ("r", 2), ("fill", isCandidate ? Candidate : Baseline));
        }
    }

    internal void Nothing(string text) => Text("dim", text, Dim, "236", 75, "middle");

    /// <summary>When it was decided, and what.</summary>
    internal void Verdict(DateTimeOffset at, string word)
    {
        double x = Number(layout.X(at));
        string middle = ChartLayout.Text(x);
        Add("path", "verdict", ("d", $"M{middle},{Top}V{Bottom}"), ("fill", "none"), ("stroke", Ink), ("stroke-width", "1.5"));
        Add("path", "ink", ("d", $"M{ChartLayout.Text(x - 4)},{Top - 6}h8l-4,6z"), ("fill", Ink));
        Text("ink", word, Ink, ChartLayout.Text(Math.Max(x, Right - 60)), Top - 11, "middle", isBold: true);
    }

    internal void Legend(string name, string? baseline)
    {
        Text("ink", name, Ink, "8", 15, "start", isBold: true);
        Add("path", "candidate", ("d", "M168,11.5h20"), ("fill", "none"), ("stroke", Candidate), ("stroke-width", "1.75"));
        Text("dim", "candidate", Dim, "192", 15, "start");
        if (baseline is not null)
        {
            Add("path", "baseline", ("d", "M252,11.5h20"), ("fill", "none"), ("stroke", Baseline), ("stroke-width", "1.5"), ("stroke-dasharray", "5 3"));
            Text("dim", baseline, Dim, "276", 15, "start");
        }
    }

    private void Stroke(string path, bool isCandidate)
    {
        XElement line = Add("path", isCandidate ? "candidate" : "baseline", ("d", path), ("fill", "none"), ("stroke", isCandidate ? Candidate : Baseline), ("stroke-width", isCandidate ? "1.75" : "1.5"), ("stroke-linejoin", "round"));
        if (!isCandidate)
        {
            line.Add(new XAttribute("stroke-dasharray", "5 3"));
        }
    }

    private void Text(string style, string text, string fill, string x, double y, string anchor, bool isBold = false)
    {
        XElement element = Add("text", style, ("x", x), ("y", ChartLayout.Text(y)), ("text-anchor", anchor), ("fill", fill));
        if (isBold)
        {
            element.Add(new XAttribute("font-weight", 600));
        }

        element.Value = ChartText.Plain(text);
    }

    private XElement Add(string name, string style, params (string Name, object Value)[] attributes)
    {
        var element = new XElement(Svg + name, new XAttribute("class", style), attributes.Select(attribute => new XAttribute(attribute.Name, attribute.Value)));
        Root.Add(element);
        return element;
    }

    private static double Number(string pixels) => double.Parse(pixels, System.Globalization.CultureInfo.InvariantCulture);
}
