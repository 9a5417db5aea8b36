using System.Globalization;
using System.Text;
using System.Text.Json;
using Deployment.Commands;
using Deployment.Health;
using Deployment.Providers.Aws.Lambda.Verbs;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Checks;

/// <summary>Invokes the version of a revision itself, with or without traffic.</summary>
internal sealed class InvokeProbe(string payload, LambdaInvokeOptions options) : HealthProbe
{
    private const int LongestAnswer = 300;
    private const int LongestLog = 1000;

    public override CheckDescription Describe(CheckSubject subject, TimeSpan timeout) => new(
        [$"printf '%s' {CommandLine.Quote(payload)} | {LambdaLines.AtAddress} invoke --function-name \"$ADDRESS\" --payload fileb:///dev/stdin --query FunctionError --output text /dev/stderr"],
        string.Join(", ", new[]
        {
            "an answer without a function error",
            options.StatusCode is { } status ? string.Create(CultureInfo.InvariantCulture, $"with statusCode {status}") : null,
            options.Text is { } text ? $"with '{Naming.Printable(text)}' in it" : null,
            options.Words is { } words ? $"of which holds: {words}" : null,
        }.OfType<string>()));

    public override async Task<string?> TryAsync(CheckContext context, CancellationToken cancellationToken)
    {
        if (context.Capability<IInvokeRevisions>() is not { } target)
        {
            return $"{context.Subject.Target} can't invoke its revisions: this check is for functions of AWS Lambda.";
        }

        LambdaAnswer answer = await target.InvokeAsync(context.Subject.Candidate, Encoding.UTF8.GetBytes(payload), cancellationToken);
        return Problem(answer) is { } problem ? $"Version {answer.Version} {problem}{Log(answer.Log)}" : null;
    }

    private string? Problem(LambdaAnswer answer)
    {
        string said = Naming.PrintableUpTo(answer.Payload, LongestAnswer);
        if (answer.Error is { } error)
        {
            return $"failed ({Naming.Printable(error)}): {said}";
        }

        if (options.Text is { } text && !answer.Payload.Contains(text, StringComparison.Ordinal))
        {
            return $"answered without '{Naming.Printable(text)}': {said}";
        }

        return options is { StatusCode: null, Holds: null } ? null : OfJson(answer.Payload, said);
    }

    private string? OfJson(string payload, string said)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(payload);
            JsonElement root = json.RootElement;
            bool hasStatus = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("statusCode", out JsonElement status) && status.ValueKind == JsonValueKind.Number && status.TryGetInt32(out int code) && code == options.StatusCode;
            return options.StatusCode is { } wanted && !hasStatus ? string.Create(CultureInfo.InvariantCulture, $"answered without the statusCode {wanted}: {said}")
                : options.Holds is { } holds && !holds(root) ? $"answered with what this doesn't hold of: {options.Words}: {said}"
                : null;
        }
        catch (JsonException)
        {
            return $"answered with no JSON: {said}";
        }
    }

    // The end of a log says why; a program may print anything into it.
    private static string Log(string log) => log.Trim() is not { Length: > 0 } text ? ""
        : $" The end of its log: {Naming.PrintableUpTo(text.Length > LongestLog ? text[^LongestLog..] : text, LongestLog)}";
}
