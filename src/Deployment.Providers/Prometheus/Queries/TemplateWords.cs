using System.Globalization;
using Deployment.Analysis;
using Deployment.Releases;

namespace Deployment.Providers.Prometheus.Queries;

/// <summary>The words that templates may have.</summary>
internal static class TemplateWords
{
    internal const string Window = "window";
    internal const string Revision = "revision";
    internal const string Version = "version";
    internal const string Flag = "flag";
    internal const string Stage = "stage";
    internal const string Cohort = "cohort";

    private static readonly Dictionary<string, Func<MetricSubject, string>> _values = new(StringComparer.Ordinal)
    {
        ["application"] = subject => subject.Revision.Application,
        [Version] = subject => subject.Revision.Version,
        [Revision] = subject => subject.Revision.ToString(),
        ["attempt"] = subject => subject.Revision.Attempt.ToString(CultureInfo.InvariantCulture),
        ["role"] = subject => subject.Revision.Role == RevisionRole.Baseline ? "baseline" : "release",
        ["environment"] = subject => subject.Environment,
        ["target"] = subject => subject.Target,
        [Flag] = subject => subject.Cohort?.Flag ?? "",
        [Stage] = subject => subject.Cohort?.Stage ?? "",
        [Cohort] = subject => subject.HasFlag ? "with" : "without",
    };

    /// <summary>All of them, for people.</summary>
    internal static string All { get; } = string.Join(", ", _values.Keys.Append(Window).Select(word => $"{{{word}}}"));

    internal static bool IsValue(string word) => _values.ContainsKey(word);

    internal static string ValueOf(string word, MetricSubject subject) => _values[word](subject);
}
