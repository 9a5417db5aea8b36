using System.Globalization;
using System.Text.Json;
using Deployment.Commands;
using Deployment.Providers.Aws.Lambda.Code;
using Deployment.Providers.Aws.Lambda.Versions;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>The lines for a shell that do what the verbs do.</summary>
/// <param name="target">The target's name.</param>
/// <param name="function">The function's name.</param>
/// <param name="alias">The alias's name.</param>
/// <param name="aws">How AWS is asked.</param>
/// <param name="zipOf">Where the zip of a folder lies, by its hash.</param>
internal sealed class LambdaLines(string target, string function, string alias, AwsOptions aws, Func<string, string> zipOf)
{
    // Variables that a version has may be secrets: they go by a file that only its user can read, never on a command line.
    private const string File = "VARIABLES";

    /// <summary>One command for the shell: where a line fails the rest isn't done, also when it was pasted.</summary>
    public static IReadOnlyList<string> AsOne(params IEnumerable<string> lines) => ["(", "set -e", .. lines, ")"];

    /// <summary>Makes the version of a revision.</summary>
    public IReadOnlyList<string> Install(RevisionId revision, FunctionSpec spec)
    {
        string name = CommandLine.Quote(VersionName.ByHand(revision, target));
        return
        [
            $"{File}=$(mktemp)",
            $"{Lambda("get-function-configuration", "--qualifier", alias)} --query {Merged(spec)} --output json >\"${File}\" || {Lambda("get-function-configuration")} --query {Merged(spec)} --output json >\"${File}\"",
            $"{Lambda("update-function-configuration")} --description {name} --environment \"file://${File}\"{Settings(spec)} --query RevisionId --output text",
            $"rm -f \"${File}\"",
            Lambda("wait", "function-updated"),
            $"{Lambda("update-function-code")} {Code(spec)} --query CodeSha256 --output text",
            Lambda("wait", "function-updated"),
            $"VERSION=$({Lambda("publish-version")} --description {name}{(spec.IsImage ? "" : $" --code-sha256 {CommandLine.Quote(spec.CodeSha256)}")} --query Version --output text)",
            $"{Lambda("wait", "published-version-active")} --qualifier \"$VERSION\"",
            .. Warm(spec),
        ];
    }

    /// <summary>Sets a variable to the version of a revision.</summary>
    public string Find(string variable, RevisionId revision) => $"{variable}=$({Lambda("list-versions-by-function")} --query {Query(revision, "Version")} --output json | tr -d '\"') && [ \"${variable}\" != null ]";

    /// <summary>Sets a variable to the ARN of the version of a revision.</summary>
    public string FindArn(string variable, RevisionId revision) => $"{variable}=$({Lambda("list-versions-by-function")} --query {Query(revision, "FunctionArn")} --output json | tr -d '\"')";

    /// <summary>Gives revisions their shares.</summary>
    public IReadOnlyList<string> Route(TrafficSplit split)
    {
        if (split.IsEmpty)
        {
            return [Lambda("delete-alias", "--name", alias)];
        }

        KeyValuePair<RevisionId, int>[] shares = [.. split.Shares.OrderByDescending(share => share.Value)];
        string second = shares.Length > 1 ? $"\"AdditionalVersionWeights={{$SECOND={(shares[1].Value / 100.0).ToString("0.##", CultureInfo.InvariantCulture)}}}\"" : "'AdditionalVersionWeights={}'";
        return
        [
            Find("VERSION", shares[0].Key),
            .. shares.Length > 1 ? [Find("SECOND", shares[1].Key)] : Array.Empty<string>(),
            $"{Lambda("update-alias", "--name", alias)} --function-version \"$VERSION\" --routing-config {second} || {Lambda("create-alias", "--name", alias)} --function-version \"$VERSION\"{(shares.Length > 1 ? $" --routing-config {second}" : "")}",
        ];
    }

    /// <summary>Takes the warm environments of a revision away, and the version where it never had users.</summary>
    public IReadOnlyList<string> Remove(RevisionId revision) =>
    [
        Find("VERSION", revision),
        $"{Lambda("delete-provisioned-concurrency-config")} --qualifier \"$VERSION\" || true",
        $"LIVE=$({Lambda("get-alias", "--name", alias)} --query FunctionVersion --output text) || LIVE=0",
        $"[ \"$VERSION\" -le \"$LIVE\" ] || {Lambda("delete-function")} --qualifier \"$VERSION\"",
    ];

    /// <summary>Shows the alias.</summary>
    public IReadOnlyList<string> ShowAlias() => [Lambda("get-alias", "--name", alias)];

    /// <summary>Shows the version of a revision.</summary>
    public IReadOnlyList<string> ShowVersion(RevisionId revision) =>
        [Find("VERSION", revision), $"{Lambda("get-function-configuration")} --qualifier \"$VERSION\" --query '[Version,Description,State,CodeSha256]'"];

    /// <summary>Shows all versions.</summary>
    public IReadOnlyList<string> ShowVersions() => [$"{Lambda("list-versions-by-function")} --query 'Versions[].[Version,Description]'"];

    /// <summary>Who asks.</summary>
    public string Caller() => AwsCommand.Of(aws, "sts", "get-caller-identity");

    private string Lambda(string action, params IEnumerable<string> words) => action == "wait"
        ? AwsCommand.Of(aws, ["lambda", action, .. words, "--function-name", function])
        : AwsCommand.Of(aws, ["lambda", action, "--function-name", function, .. words]);

    private static string Merged(FunctionSpec spec)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach ((string variable, string value) in spec.Environment)
            {
                writer.WriteString(variable, value);
            }

            writer.WriteEndObject();
        }

        // A literal of JMESPath ends with a backtick; the writer escapes one as \u0060.
        return CommandLine.Quote($"{{Variables: merge(Environment.Variables || `{{}}`, `{System.Text.Encoding.UTF8.GetString(json.ToArray())}`)}}");
    }

    private string Query(RevisionId revision, string field)
    {
        if (revision.Application == target && revision.Version.StartsWith("0.0.0-version.", StringComparison.Ordinal))
        {
            return CommandLine.Quote($"Versions[?Version==`\"{revision.Version["0.0.0-version.".Length..]}\"`]|[-1].{field}");
        }

        string name = VersionName.ByHand(revision, target);
        return CommandLine.Quote($"Versions[?Version!=`\"$LATEST\"` && (Description==`\"{name}\"` || starts_with(Description, `\"{name}, \"`))]|[-1].{field}");
    }

    private static string Settings(FunctionSpec spec) => string.Concat(
        spec.MemoryMegabytes is { } memory ? $" --memory-size {memory}" : "",
        spec.TimeoutSeconds is { } seconds ? $" --timeout {seconds}" : "",
        spec.Handler is { } handler ? $" --handler {CommandLine.Quote(handler)}" : "",
        spec.Runtime is { } runtime ? $" --runtime {CommandLine.Quote(runtime)}" : "");

    private string Code(FunctionSpec spec) =>
        spec.IsImage ? $"--image-uri {CommandLine.Quote($"{spec.Code}@sha256:{spec.Sha256}")}"
        : S3Code.TryParse(spec.Code, out S3Code? code) ? $"--s3-bucket {CommandLine.Quote(code.Bucket)} --s3-key {CommandLine.Quote(code.Key)}{(code.Version is null ? "" : $" --s3-object-version {CommandLine.Quote(code.Version)}")}"
        : $"--zip-file {CommandLine.Quote($"fileb://{(spec.IsFolder ? zipOf(spec.Sha256) : spec.Code)}")}";

    private IEnumerable<string> Warm(FunctionSpec spec) => spec.ProvisionedConcurrency is not { } executions ? [] :
    [
        $"{Lambda("put-provisioned-concurrency-config")} --qualifier \"$VERSION\" --provisioned-concurrent-executions {executions}",
        $"until [ \"$({Lambda("get-provisioned-concurrency-config")} --qualifier \"$VERSION\" --query Status --output text)\" = READY ]; do sleep 5; done",
    ];
}
