using System.Globalization;
using System.Text.Json;
using Deployment.Commands;
using Deployment.Providers.Aws.Lambda.Calls;
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
    // Variables that a version has may be secrets: they go by a file that only its user can read, and that is gone at the end, never on a command line.
    private const string File = "SETTINGS";

    // What an alias that isn't there has for a version; no version has that number.
    private const string NoVersion = "0";

    /// <summary>What asks AWS Lambda about an address, once that was looked up.</summary>
    public const string AtAddress = "lambda_at_address";

    /// <summary>One command for the shell: where a line fails the rest isn't done, also when it was pasted.</summary>
    public static IReadOnlyList<string> AsOne(params IEnumerable<string> lines) => ["(", "set -e", .. lines, ")"];

    /// <summary>Makes the version of a revision.</summary>
    public IReadOnlyList<string> Install(RevisionId revision, FunctionSpec spec)
    {
        string name = CommandLine.Quote(VersionName.ByHand(revision, target));
        return
        [
            $"REVISION=$({Lambda("get-function-configuration")} --query RevisionId --output text)",
            OfAlias("LIVE", "FunctionVersion", FunctionConfiguration.Latest),
            $"{File}=$(mktemp)",
            $"trap 'rm -f \"${File}\"' EXIT",
            $"{Lambda("get-function-configuration")} --qualifier \"$LIVE\" --query {Kept(spec)} --output json >\"${File}\"",
            $"[ \"$(head -c 5 \"${File}\")\" != false ] || {{ echo 'The environment variables of {function} can not be read, and would be lost. Allow kms:Decrypt to who asks.' >&2; exit 1; }}",
            $"{Lambda("update-function-configuration")} --revision-id \"$REVISION\" --description {name} --cli-input-json \"file://${File}\"{Settings(spec)} --query RevisionId --output text",
            .. Settled(revision),
            $"{Lambda("update-function-code")} --revision-id \"$REVISION\" {Code(spec)} --query CodeSha256 --output text",
            .. Settled(revision),
            $"VERSION=$({Lambda("publish-version")} --revision-id \"$REVISION\" --description {name}{(spec.IsImage ? "" : $" --code-sha256 {CommandLine.Quote(spec.CodeSha256)}")} --query Version --output text)",
            $"{Lambda("wait", "published-version-active")} --qualifier \"$VERSION\"",
            .. Warm(spec),
        ];
    }

    /// <summary>Sets a variable to the version of a revision.</summary>
    public string Find(string variable, RevisionId revision) => $"{variable}=$({Lambda("list-versions-by-function")} --query {Query(revision, "Version")} --output json | tr -d '\"') && [ \"${{{variable}:-null}}\" != null ]";

    /// <summary>Sets a variable to the ARN of the version of a revision, and defines how AWS Lambda is asked about it: who checks it knows no options.</summary>
    public string FindArn(string variable, RevisionId revision) => $"{AtAddress}() {{ {AwsCommand.Of(aws, "lambda")} \"$@\"; }}; {variable}=$({Lambda("list-versions-by-function")} --query {Query(revision, "FunctionArn")} --output json | tr -d '\"')";

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
            OfAlias("REVISION", "RevisionId", NoVersion),
            Find("VERSION", shares[0].Key),
            .. shares.Length > 1 ? [Find("SECOND", shares[1].Key)] : Array.Empty<string>(),
            $"if [ \"$REVISION\" != {NoVersion} ]; then {Lambda("update-alias", "--name", alias)} --revision-id \"$REVISION\" --function-version \"$VERSION\" --routing-config {second}; else {Lambda("create-alias", "--name", alias)} --function-version \"$VERSION\"{(shares.Length > 1 ? $" --routing-config {second}" : "")}; fi",
        ];
    }

    /// <summary>Takes the warm environments of a revision away, and the version where it never had users.</summary>
    public IReadOnlyList<string> Remove(RevisionId revision) =>
    [
        Find("VERSION", revision),
        $"{Lambda("delete-provisioned-concurrency-config")} --qualifier \"$VERSION\" || true",
        OfAlias("LIVE", "FunctionVersion", NoVersion),
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

    /// <summary>Sets a variable to a field of the alias, or to a word where there is no alias. A list says so without an error; who may not read it stops.</summary>
    private string OfAlias(string variable, string field, string none) =>
        $"{variable}=$({Lambda("list-aliases")} --query {CommandLine.Quote($"Aliases[?Name==`\"{alias}\"`].{field}|[0]||`\"{none}\"`")} --output json | tr -d '\"') && [ -n \"${variable}\" ]";

    /// <summary>Waits until a change has taken effect, and reads its revision where it is still this one's.</summary>
    private IEnumerable<string> Settled(RevisionId revision) =>
    [
        Lambda("wait", "function-updated"),
        $"REVISION=$({Lambda("get-function-configuration")} --query {CommandLine.Quote($"Description==`\"{VersionName.ByHand(revision, target)}\"` && RevisionId")} --output text) && [ \"$REVISION\" != False ]",
    ];

    /// <summary>What users have with the release's variables; <c>false</c> where their variables can't be read.</summary>
    private static string Kept(FunctionSpec spec)
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
        string variables = $"merge(Environment.Variables || `{{}}`, `{System.Text.Encoding.UTF8.GetString(json.ToArray())}`)";
        string ofZips = spec.IsImage ? "" : ", Handler: Handler, Runtime: Runtime";
        return CommandLine.Quote($"!(Environment.Error) && {{Environment: {{Variables: {variables}}}, MemorySize: MemorySize, Timeout: Timeout{ofZips}}}");
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
        "STATUS=IN_PROGRESS",
        $"while [ \"$STATUS\" = IN_PROGRESS ]; do sleep 5; STATUS=$({Lambda("get-provisioned-concurrency-config")} --qualifier \"$VERSION\" --query Status --output text); done",
        "[ \"$STATUS\" = READY ]",
    ];
}
