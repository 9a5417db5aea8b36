using System.Globalization;
using Deployment.Commands;

namespace Deployment.Providers.Prometheus.Http;

/// <summary>The same question for a person's shell.</summary>
internal static class CurlCommand
{
    internal static string Print(Uri root, PrometheusOptions options, string query)
    {
        IEnumerable<string> headers = options.Headers.Select(header => $" --header {CommandLine.Quote($"{header.Key}: {header.Value}")}");
        string seconds = options.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        string line = $"curl --silent --show-error --max-time {seconds}{string.Concat(headers)} --data-urlencode {CommandLine.Quote("query=" + query)} {CommandLine.Quote(new Uri(root, "api/v1/query").AbsoluteUri)}";
        return options.Authentication is { } authentication ? $"{Credentials(authentication)} | curl --config -{line["curl".Length..]}" : line;
    }

    // Through a pipe from a builtin of the shell: as an argument every user of the machine could read it.
    private static string Credentials(PrometheusAuthentication authentication) => authentication.User is { } user
        ? $"printf 'user = \"%s:%s\"\\n' {CommandLine.Quote(user)} \"${authentication.Variable}\""
        : $"printf 'header = \"Authorization: Bearer %s\"\\n' \"${authentication.Variable}\"";
}
