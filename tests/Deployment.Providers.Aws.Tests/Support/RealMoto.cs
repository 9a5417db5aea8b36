using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Deployment.Commands;
using Deployment.Tests;
using Deployment.Tests.Programs;

namespace Deployment.Providers.Aws.Tests.Support;

/// <summary>moto, an emulator of AWS, of a test's own on loopback, and the aws tool that looks at it.</summary>
internal sealed partial class RealMoto : IAsyncDisposable
{
    public const string Region = "eu-central-1";

    private static readonly CommandRunner _runner = new(TimeProvider.System);
    private readonly RunningProgram _program;

    private RealMoto(RunningProgram program) => _program = program;

    public Uri Address => new($"http://127.0.0.1:{_program.Port}");

    /// <summary>What asks it.</summary>
    public AwsOptions Options => new() { Region = Region, Endpoint = Address, Credentials = new BasicAWSCredentials("AKIDTESTS", "secret") };

    public static async Task<RealMoto> StartAsync()
    {
        string folder = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "artifacts", "tools", "moto", "usr", "lib", "python3", "dist-packages"));
        if (!Directory.Exists(Path.Combine(folder, "moto")))
        {
            // eng/test.sh looks for these first words.
            Assert.Ignore("Missing component: moto. ./eng/test.sh installs what the tests need, if it may.");
        }

        // It needs Debian's own Python, with the packages of Debian.
        Command command = Command.Of("/usr/bin/python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0") with
        {
            Environment = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("PYTHONPATH", folder), KeyValuePair.Create("PYTHONUNBUFFERED", "1")]),
        };
        return new RealMoto(await RunningProgram.StartAsync(
            command,
            line => Running().Match(line) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : null));
    }

    /// <summary>What the aws tool says, as JSON; it must succeed.</summary>
    public async Task<JsonElement> AwsAsync(params string[] arguments)
    {
        CommandResult result = await _runner.RunAsync(Aws(arguments), null, CancellationToken.None);
        result.ExitCode.Should().Be(0, "`aws {0}` should succeed, and said: {1} {2}", string.Join(' ', arguments), result.Output, result.Error);
        return result.Output.Trim().Length == 0 ? default : JsonDocument.Parse(result.Output).RootElement.Clone();
    }

    /// <summary>The aws tool against this server.</summary>
    public Command Aws(params string[] arguments) => Command.Of(RealComponent.Require("aws"), ["--endpoint-url", Address.ToString().TrimEnd('/'), "--output", "json", .. arguments]) with
    {
        Environment = Environment,
        Timeout = TimeSpan.FromMinutes(2),
    };

    /// <summary>The variables with which programs of AWS ask it.</summary>
    public ImmutableSortedDictionary<string, string> Environment => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("AWS_ACCESS_KEY_ID", "AKIDTESTS"),
        KeyValuePair.Create("AWS_SECRET_ACCESS_KEY", "secret"),
        KeyValuePair.Create("AWS_DEFAULT_REGION", Region),
        KeyValuePair.Create("AWS_ENDPOINT_URL", Address.ToString().TrimEnd('/')),
        KeyValuePair.Create("AWS_CONFIG_FILE", "/dev/null"),
        KeyValuePair.Create("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ]);

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex("Running on http://127.0.0.1:([0-9]+)")]
    private static partial Regex Running();
}
