using System.Text;
using System.Text.Json;
using Deployment.Health;
using Deployment.Providers.Aws.Lambda.Checks;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>Checks of functions: they invoke the version of a revision itself, before it takes a request.</summary>
public static class LambdaChecks
{
    // docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    private const int LongestPayload = 6 * 1024 * 1024;

    /// <summary>
    /// Invokes the version itself, which must answer without a function error. It may be invoked more than once, so the event must be one that does no harm.
    /// </summary>
    /// <param name="builder">A smoke test or a health check.</param>
    /// <param name="payload">The event, as JSON; it is printed in the plan, so never a secret.</param>
    /// <param name="configure">Asks for more of the answer.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static TBuilder Invoke<TBuilder>(this ProbeBuilder<TBuilder> builder, string payload, Action<LambdaInvokeOptions>? configure = null)
        where TBuilder : ProbeBuilder<TBuilder>
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(payload);
        var options = new LambdaInvokeOptions();
        configure?.Invoke(options);
        string[] problems = [.. options.Problems(), .. OfPayload(payload)];
        return problems.Length > 0 ? throw new DeploymentValidationException("The check that invokes a function", problems) : builder.Probe(new InvokeProbe(payload, options.Copy()));
    }

    private static IEnumerable<string> OfPayload(string payload)
    {
        if (Encoding.UTF8.GetByteCount(payload) > LongestPayload)
        {
            yield return "The payload has more than 6 MB, which is the most that a function takes.";
        }

        if (!IsJson(payload))
        {
            yield return "The payload is no JSON. Take {} for an empty event.";
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            JsonDocument.Parse(text).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
