using System.Text.Json;
using Deployment.Json;
using Deployment.Releases;

namespace Deployment.Analysis;

/// <summary>A line is a JSON object.</summary>
internal sealed class JsonLinesParser : MetricFileParser
{
    internal override MetricFileRow Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, CoreJson.Default.MetricFileRow) ?? throw new FormatException("is null");
        }
        catch (Exception error) when (error is JsonException or DeploymentException)
        {
            throw new FormatException($"is no sample: {Naming.PrintableUpTo(error.Message, 300)}", error);
        }
    }
}
