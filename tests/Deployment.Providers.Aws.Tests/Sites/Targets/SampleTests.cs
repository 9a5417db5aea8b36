using System.Reflection;
using Deployment.Commands;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>The sample, on a real moto.</summary>
public sealed class SampleTests
{
    private static readonly CommandRunner _runner = new(TimeProvider.System);

    private DirectoryInfo _here = null!;
    private SiteWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _world = await SiteWorld.StartAsync();
        _here = Directory.CreateTempSubdirectory("sample-");
    }

    [TearDown]
    public async Task Stop()
    {
        await _world.DisposeAsync();
        _here.Delete(recursive: true);
    }

    [Test]
    public async Task Sample_TwoReleasesAndBack_ServesEach()
    {
        string plan = await RunAsync(SiteWorld.Bucket, "1.0.0", Folder("1.0.0"), "--plan");
        plan.Should().Contain("upload new (3):").And.Contain("aws s3");
        (await _world.KeysAsync()).Should().BeEmpty();

        await RunAsync(SiteWorld.Bucket, "1.0.0", Folder("1.0.0"));
        (await _world.GetAsync("/www", "/")).Should().EndWith("1.0.0");
        (await RunAsync(SiteWorld.Bucket, "1.1.0", Folder("1.1.0"))).Should().Contain("1.1.0: Succeeded");
        (await _world.GetAsync("/www", "/")).Should().EndWith("1.1.0");
        (await RunAsync(SiteWorld.Bucket, "1.0.0", "--back")).Should().Contain("1.0.0: Succeeded");
        (await _world.GetAsync("/www", "/")).Should().EndWith("1.0.0");
    }

    [Test]
    public async Task Sample_WithOtherArguments_SaysWhatItNeeds()
    {
        string[][] wrong = [[], ["bucket", "1.0.0"], ["bucket", "1.0.0", "folder", "--back"], ["bucket", "1.0.0", "folder", "--distribution"], ["bucket", "1.0.0", "folder", "--other"]];
        foreach (string[] arguments in wrong)
        {
            CommandResult result = await AskAsync(arguments);
            result.ExitCode.Should().Be(2, string.Join(' ', arguments));
            result.Error.Should().Contain("BUCKET VERSION FOLDER");
        }
    }

    private string Folder(string version) => _world.Build(version).Artifact.Package!;

    private async Task<string> RunAsync(params string[] arguments)
    {
        CommandResult result = await AskAsync(arguments);
        result.ExitCode.Should().Be(0, result.Output + result.Error);
        return result.Output;
    }

    private Task<CommandResult> AskAsync(string[] arguments)
    {
        string folder = typeof(SampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "StaticSite").Value!;
        return _runner.RunAsync(
            Command.Of("dotnet", [Path.Combine(folder, "StaticSite.dll"), .. arguments]) with { Environment = _world.Moto.Environment.Add("AWS_REGION", RealMoto.Region), WorkingFolder = _here.FullName, Timeout = TimeSpan.FromMinutes(3) },
            null,
            CancellationToken.None);
    }
}
