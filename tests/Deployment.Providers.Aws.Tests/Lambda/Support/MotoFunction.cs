using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Deployment.Commands;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

/// <summary>A function of a test's own on moto, made and looked at by the aws tool.</summary>
internal sealed class MotoFunction : IDisposable
{
    private static int _count;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lambda-");

    private MotoFunction(RealMoto moto, string name) => (Moto, Name) = (moto, name);

    public RealMoto Moto { get; }

    public string Name { get; }

    public string Folder => _folder.FullName;

    public static async Task<MotoFunction> MakeAsync(RealMoto moto)
    {
        var function = new MotoFunction(moto, string.Create(CultureInfo.InvariantCulture, $"shop{Interlocked.Increment(ref _count)}"));
        string path = Path.Combine(function.Folder, "first.zip");
        System.IO.Compression.ZipFile.CreateFromDirectory(function.Code("by-hand"), path);
        // By AWS's own interfaces: the aws tool takes a second to start, and looks at the results.
        var access = new AwsAccess(moto.Options);
        AwsRestResponse role = await access.SendAsync(new AwsService("IAM", "iam", IsGlobal: true), new AwsRestRequest("CreateRole", function.Name, "POST", "/")
        {
            ContentType = "application/x-www-form-urlencoded; charset=utf-8",
            Body = Encoding.UTF8.GetBytes($"Action=CreateRole&Version=2010-05-08&RoleName={function.Name}&AssumeRolePolicyDocument=%7B%7D"),
        }, CancellationToken.None);
        string arn = XDocument.Parse(Encoding.UTF8.GetString(role.Body)).Descendants().Single(element => element.Name.LocalName == "Arn").Value;
        await access.SendAsync(new AwsService("Lambda", "lambda"), new AwsRestRequest("CreateFunction", function.Name, "POST", "/2015-03-31/functions")
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new
            {
                FunctionName = function.Name,
                Runtime = "nodejs22.x",
                Handler = "index.handler",
                Role = arn,
                Code = new { ZipFile = await File.ReadAllBytesAsync(path) },
                Environment = new { Variables = new { TABLE = "orders" } },
            }),
        }, CancellationToken.None);
        return function;
    }

    public LambdaTarget Target(Action<LambdaTargetOptions>? configure = null, string alias = "live") => LambdaTarget.Alias(Name, alias, alias, options =>
    {
        AwsOptions given = Moto.Options;
        (options.Aws.Region, options.Aws.Endpoint, options.Aws.Credentials) = (given.Region, given.Endpoint, given.Credentials);
        options.PackageFolder = Path.Combine(Folder, "packages");
        configure?.Invoke(options);
    });

    /// <summary>A folder with code of its own.</summary>
    public string Code(string text)
    {
        string folder = Path.Combine(Folder, "code", text);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "index.js"), $"exports.handler = async () => '{text}';\n");
        return folder;
    }

    public Release Release(string version) => Releases.Release.Of("shop", version, LambdaCode.Folder(Code(version))).WithSetting("COLOR", $"color of {version}, 'quoted' `$HOME`");

    public async Task<Revision> RevisionAsync(LambdaTarget target, string version)
    {
        Release release = Release(version);
        return new Revision(new RevisionId("shop", version, 1), release with { Artifact = await target.PinAsync(release.Artifact, CancellationToken.None) });
    }

    /// <summary>What the aws tool says of the alias, such as <c>1=90,2=10</c>; none where there is none.</summary>
    public async Task<string> SharesAsync(string alias = "live")
    {
        JsonElement all = await Moto.AwsAsync("lambda", "list-aliases", "--function-name", Name);
        foreach (JsonElement one in all.GetProperty("Aliases").EnumerateArray().Where(one => one.GetProperty(nameof(Name)).GetString() == alias))
        {
            Dictionary<string, double> shares = one.TryGetProperty("RoutingConfig", out JsonElement routing) && routing.ValueKind == JsonValueKind.Object && routing.TryGetProperty("AdditionalVersionWeights", out JsonElement weights)
                ? weights.EnumerateObject().ToDictionary(weight => weight.Name, weight => weight.Value.GetDouble())
                : [];
            shares[one.GetProperty("FunctionVersion").GetString()!] = 1 - shares.Values.Sum();
            return string.Join(',', shares.OrderBy(share => share.Key, StringComparer.Ordinal).Select(share => $"{share.Key}={Math.Round(share.Value * 100)}"));
        }

        return "none";
    }

    /// <summary>What the aws tool says of a version.</summary>
    public Task<JsonElement> VersionAsync(int number) => Moto.AwsAsync("lambda", "get-function-configuration", "--function-name", Name, "--qualifier", number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The published versions with their descriptions.</summary>
    public async Task<string[]> VersionsAsync() =>
        [.. (await Moto.AwsAsync("lambda", "list-versions-by-function", "--function-name", Name)).GetProperty("Versions").EnumerateArray()
            .Where(version => !version.GetProperty("FunctionArn").GetString()!.EndsWith(":$LATEST", StringComparison.Ordinal))
            .Select(version => $"{version.GetProperty("Version").GetString()} {version.GetProperty("Description").GetString()}")];

    public static async Task RunAsync(LambdaTarget target, Operation operation, long epoch = 1)
    {
        Verb verb = target.Verbs.Single(verb => verb.Name == operation.Verb);
        var context = new EffectContext("run", "step", epoch, new CommandRunner(TimeProvider.System), new EnvironmentSecretStore(), TimeProvider.System);
        await verb.RunAsync(operation.Arguments, context, CancellationToken.None);
        (await verb.VerifyAsync(operation.Arguments, context, CancellationToken.None)).Should().BeNull();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
