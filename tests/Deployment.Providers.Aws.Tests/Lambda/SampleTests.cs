using System.Reflection;
using Deployment.Commands;
using Deployment.Health;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Lambda.Checks;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;
using Deployment.Secrets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>The sample, and the line of a check, against an emulator whose functions answer with what they are asked.</summary>
public sealed class SampleTests
{
    private static readonly CommandRunner _runner = new(TimeProvider.System);

    private RealMoto _moto = null!;
    private MotoFunction _function = null!;

    [SetUp]
    public async Task BeginAsync()
    {
        _moto = await RealMoto.StartAsync();
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(_moto.Address, "/moto-api/config"), new StringContent("""{"lambda":{"use_docker":false}}"""));
        answer.EnsureSuccessStatusCode();
        _function = await MotoFunction.MakeAsync(_moto);
    }

    [TearDown]
    public async Task EndAsync()
    {
        _function?.Dispose();
        if (_moto is not null)
        {
            await _moto.DisposeAsync();
        }
    }

    [Test]
    public async Task Sample_TwoReleases_BringsTheSecondAsACanary()
    {
        CommandResult plan = await RunAsync(_function.Name, "1.0.0", _function.Code("1.0.0"), "--plan");
        plan.ExitCode.Should().Be(0, plan.Output + plan.Error);
        plan.Output.Should().Contain("aws lambda publish-version");
        (await _function.VersionsAsync()).Should().BeEmpty();
        CommandResult first = await RunAsync(_function.Name, "1.0.0", _function.Code("1.0.0"));
        first.ExitCode.Should().Be(0, first.Output + first.Error);
        CommandResult second = await RunAsync(_function.Name, "1.1.0", _function.Code("1.1.0"));
        second.ExitCode.Should().Be(0, second.Output + second.Error);
        second.Output.Should().Contain("1.1.0: Succeeded").And.Contain("shift-10").And.Contain("shift-50");
        (await _function.SharesAsync()).Should().Be("2=100");
    }

    [TestCase("my_function")]
    [TestCase("a-function-whose-name-is-as-long-as-AWS-takes-that-is-64-letters")]
    public async Task Sample_FunctionOfAnyName_IsLookedFor(string name)
    {
        CommandResult plan = await RunAsync(name, "1.0.0", _function.Code("1.0.0"), "--plan");
        plan.Error.Should().Contain($"There is no function {name}");
    }

    [Test]
    public async Task Sample_WithoutArguments_SaysWhatItNeeds()
    {
        CommandResult result = await RunAsync();
        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("FUNCTION VERSION FOLDER");
    }

    [Test]
    public async Task Invoke_ItsLine_InvokesTheVersion()
    {
        LambdaTarget target = _function.Target();
        Revision revision = await _function.RevisionAsync(target, "1.0.0");
        await MotoFunction.RunAsync(target, target.Update(revision));
        (await target.InvokeAsync(revision.Id, """{"say":"it's me"}"""u8.ToArray(), CancellationToken.None)).Should().Match<LambdaAnswer>(answer => answer.Version == "1" && answer.Error == null && answer.Payload == """{"say":"it's me"}""");
        CheckDescription described = new InvokeProbe("""{"say":"it's me"}""", new LambdaInvokeOptions()).Describe(new CheckSubject("live", revision.Id), TimeSpan.FromSeconds(5));
        CommandResult pasted = await _runner.RunAsync(
            Command.Of("bash", "--norc") with { Environment = _moto.Environment.Add("AWS_PAGER", ""), StandardInput = new Secret(string.Join('\n', [target.AddressLookup(revision.Id), .. described.Commands, ""])), Timeout = TimeSpan.FromMinutes(2) },
            null,
            CancellationToken.None);
        pasted.ExitCode.Should().Be(0, pasted.Error);
        (pasted.Output + pasted.Error).Should().Contain("it's me");
    }

    private Task<CommandResult> RunAsync(params string[] arguments)
    {
        string folder = typeof(SampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "LambdaCanary").Value!;
        return _runner.RunAsync(
            Command.Of("dotnet", [Path.Combine(folder, "LambdaCanary.dll"), .. arguments]) with { Environment = _moto.Environment.Add("AWS_REGION", RealMoto.Region), WorkingFolder = _function.Folder, Timeout = TimeSpan.FromMinutes(3) },
            null,
            CancellationToken.None);
    }
}
