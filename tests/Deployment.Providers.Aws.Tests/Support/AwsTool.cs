using System.Collections.Immutable;
using System.Text.Json;
using Deployment.Commands;
using Deployment.Tests;

namespace Deployment.Providers.Aws.Tests.Support;

/// <summary>The aws tool, against a server of a test's own: it says what is really there.</summary>
internal sealed class AwsTool(Uri address)
{
    private static readonly CommandRunner _runner = new(TimeProvider.System);

    /// <summary>What it says, as JSON; it must succeed.</summary>
    public async Task<JsonElement> AskAsync(params string[] arguments)
    {
        // All of it: what a result keeps is bounded.
        List<string> lines = [];
        CommandResult result = await _runner.RunAsync(Command(arguments), new CommandObserver { Line = lines.Add }, CancellationToken.None);
        result.ExitCode.Should().Be(0, "`aws {0}` should succeed, and said: {1} {2}", string.Join(' ', arguments), result.Output, result.Error);
        string said = string.Join('\n', lines);
        return said.TrimStart().StartsWith('{') ? JsonDocument.Parse(said).RootElement.Clone() : default;
    }

    /// <summary>All keys of a bucket.</summary>
    public async Task<string[]> KeysAsync(string bucket, string prefix = "")
    {
        JsonElement listed = await AskAsync("s3api", "list-objects-v2", "--bucket", bucket, "--prefix", prefix);
        return listed.ValueKind == JsonValueKind.Undefined || !listed.TryGetProperty("Contents", out JsonElement contents) ? [] : [.. contents.EnumerateArray().Select(its => its.GetProperty("Key").GetString()!)];
    }

    /// <summary>Downloads everything below a prefix into a new folder.</summary>
    public async Task<string> DownloadAsync(string bucket, string prefix, string folder)
    {
        await AskAsync("s3", "cp", "--recursive", "--quiet", $"s3://{bucket}/{prefix}", folder);
        return folder;
    }

    private Command Command(string[] arguments) => Deployment.Commands.Command.Of(RealComponent.Require("aws"), ["--endpoint-url", address.ToString().TrimEnd('/'), "--output", "json", .. arguments]) with
    {
        Environment = Environment,
        Timeout = TimeSpan.FromMinutes(3),
    };

    public static ImmutableSortedDictionary<string, string> Environment { get; } = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("AWS_ACCESS_KEY_ID", "AKIDTESTS"),
        KeyValuePair.Create("AWS_SECRET_ACCESS_KEY", "secret"),
        KeyValuePair.Create("AWS_DEFAULT_REGION", RealMoto.Region),
        KeyValuePair.Create("AWS_CONFIG_FILE", "/dev/null"),
        KeyValuePair.Create("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        KeyValuePair.Create("LC_ALL", "C.UTF-8"),
    ]);
}
