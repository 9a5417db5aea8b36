using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Deployment.Providers.Aws.Clients;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Metrics;

/// <summary>Reads metrics of Amazon CloudWatch (docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html).</summary>
internal sealed class CloudWatchClient(AwsAccess access) : ICloudWatch
{
    private const int MostPages = 100;
    private const string Complete = "Complete";

    private static readonly AwsService _service = new("CloudWatch", "monitoring") { Permission = "cloudwatch" };

    public async Task<IReadOnlyList<IReadOnlyDictionary<DateTimeOffset, double>>> GetMetricDataAsync(IReadOnlyList<MetricQuery> queries, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        Dictionary<DateTimeOffset, double>[] values = [.. queries.Select(_ => new Dictionary<DateTimeOffset, double>())];
        string?[] states = new string?[queries.Count];
        string? token = null;
        for (int page = 0; page < MostPages; page++)
        {
            XDocument answer = Read((await access.SendAsync(_service, Call(queries, from, until, token), cancellationToken)).Body);
            foreach (XElement result in Of(answer, "MetricDataResults").Elements())
            {
                Take(result, values, states);
            }

            token = answer.Descendants().FirstOrDefault(element => element.Name.LocalName == "NextToken")?.Value;
            if (string.IsNullOrEmpty(token))
            {
                RefuseIncomplete(queries, states);
                return values;
            }
        }

        throw new FormatException($"The answer has more than {MostPages} pages.");
    }

    /// <summary>A page may have a part of what was asked for; the last one says of each query whether all of it came.</summary>
    private static void RefuseIncomplete(IReadOnlyList<MetricQuery> queries, string?[] states)
    {
        if (Array.FindIndex(states, state => state != Complete) is var query and >= 0)
        {
            throw new FormatException($"CloudWatch doesn't have all of {queries[query].Resource}: it says {Naming.PrintableUpTo(states[query] ?? "nothing", 100)}.");
        }
    }

    private static void Take(XElement result, Dictionary<DateTimeOffset, double>[] values, string?[] states)
    {
        string? id = result.Elements().FirstOrDefault(element => element.Name.LocalName == "Id")?.Value;
        if (id is not { Length: > 1 } || !int.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int query) || query >= values.Length)
        {
            throw new FormatException("A result has no id of a query.");
        }

        if (states[query] == Complete)
        {
            throw new FormatException($"The answer has two results of the query {id}.");
        }

        states[query] = Child(result, "StatusCode").Value;
        XElement[] times = [.. Child(result, "Timestamps").Elements()];
        XElement[] found = [.. Child(result, "Values").Elements()];
        if (times.Length != found.Length)
        {
            throw new FormatException($"A result has {times.Length} times and {found.Length} values.");
        }

        foreach ((XElement time, XElement value) in times.Zip(found))
        {
            double number = double.Parse(value.Value, NumberStyles.Float, CultureInfo.InvariantCulture);
            values[query][DateTimeOffset.Parse(time.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUniversalTime()] = double.IsFinite(number) ? number : throw new FormatException($"A value is {value.Value}.");
        }
    }

    private static AwsRestRequest Call(IReadOnlyList<MetricQuery> queries, DateTimeOffset from, DateTimeOffset until, string? token)
    {
        List<(string Name, string Value)> form =
        [
            ("Action", "GetMetricData"), ("Version", "2010-08-01"), ("ScanBy", "TimestampAscending"),
            ("StartTime", Text(from)), ("EndTime", Text(until)),
            .. token is null ? [] : new[] { ("NextToken", token) },
        ];
        for (int index = 0; index < queries.Count; index++)
        {
            MetricQuery query = queries[index];
            string prefix = string.Create(CultureInfo.InvariantCulture, $"MetricDataQueries.member.{index + 1}.");
            form.Add(($"{prefix}Id", string.Create(CultureInfo.InvariantCulture, $"q{index}")));
            form.Add(($"{prefix}MetricStat.Metric.Namespace", "AWS/Lambda"));
            form.Add(($"{prefix}MetricStat.Metric.MetricName", query.Name));
            form.Add(($"{prefix}MetricStat.Period", "60"));
            form.Add(($"{prefix}MetricStat.Stat", query.Statistic));
            for (int dimension = 0; dimension < query.Dimensions.Length; dimension++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}MetricStat.Metric.Dimensions.member.{dimension + 1}.");
                form.Add(($"{name}Name", query.Dimensions[dimension].Name));
                form.Add(($"{name}Value", query.Dimensions[dimension].Value));
            }
        }

        return new AwsRestRequest("GetMetricData", queries[0].Resource, "POST", "/")
        {
            ContentType = "application/x-www-form-urlencoded; charset=utf-8",
            Body = System.Text.Encoding.UTF8.GetBytes(string.Join('&', form.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"))),
        };
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static XDocument Read(byte[] body)
    {
        try
        {
            // No DTD is read: what answers may be anybody.
            using var reader = XmlReader.Create(new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XDocument.Load(reader);
        }
        catch (XmlException error)
        {
            throw new FormatException("The answer is no XML.", error);
        }
    }

    private static XElement Of(XDocument answer, string name) => answer.Descendants().FirstOrDefault(element => element.Name.LocalName == name) ?? throw new FormatException($"The answer has no {name}.");

    private static XElement Child(XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name) ?? throw new FormatException($"A result has no {name}.");
}
