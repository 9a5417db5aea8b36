using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Deployment.Benchmarks.Measuring;

/// <summary>What was measured, and what it is compared to.</summary>
/// <param name="Name">The figure.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Unit">Of both values.</param>
/// <param name="Reference">What it is compared to: a limit, or a peer measured in the same run, in turns.</param>
/// <param name="ReferenceValue">The reference's value.</param>
internal sealed record Figure(string Name, double Value, string Unit, string Reference, double ReferenceValue)
{
    private const int Digits = 4;
    private static readonly FigureJson Json = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.CamelCase });

    /// <summary>Whether nothing at all is a value, as it is of a rate and can't be of a time.</summary>
    internal bool MayBeZero { get; init; }

    /// <summary>The value, divided by the reference's.</summary>
    public double Ratio => Value / ReferenceValue;

    internal string ToJson() => JsonSerializer.Serialize(
        new FigureLine(Name, Round(Value), Unit, Reference, Round(ReferenceValue), Round(Ratio)),
        Json.FigureLine);

    /// <summary>To as many significant digits as could mean anything.</summary>
    private double Round(double value)
    {
        if (value == 0 && MayBeZero)
        {
            return 0;
        }

        if (value == 0 || !double.IsFinite(value))
        {
            throw new BenchmarkException($"A value of {value} was measured, which can't be.");
        }

        int before = (int)Math.Floor(Math.Log10(Math.Abs(value))) + 1;
        return Math.Round(value, Math.Clamp(Digits - before, 0, 15));
    }
}

internal sealed record FigureLine(string Name, double Value, string Unit, string Reference, double ReferenceValue, double Ratio);

[JsonSerializable(typeof(FigureLine))]
internal sealed partial class FigureJson : JsonSerializerContext;
