using System.Diagnostics;
using System.Reflection;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>The sample as a real process, killed with SIGKILL once AWS has done what it asked for and before it knows; the next one goes on.</summary>
public sealed class KilledTests
{
    private LambdaRig _rig = null!;
    private StubServer _server = null!;

    [SetUp]
    public async Task BeginAsync()
    {
        _rig = new LambdaRig();
        (_rig.Stub.UpdateTime, _rig.Stub.PendingTime) = (TimeSpan.Zero, TimeSpan.Zero);
        _server = await StubServer.StartAsync(_rig.Stub);
    }

    [TearDown]
    public async Task EndAsync()
    {
        await _server.DisposeAsync();
        _rig.Dispose();
    }

    [TestCase("UpdateFunctionConfiguration", "1=100")]
    [TestCase("PublishVersion", "1=100")]
    [TestCase("UpdateAlias", "1=90,2=10")]
    public async Task Sample_KilledAfterACall_IsGoneOnWithAndPublishesOnce(string call, string left)
    {
        // As the printed lines leave it: of no run, so that the sample's first one comes after it.
        _rig.Stub.SetAlias("live", _rig.Stub.PublishByHand("shop_1.0.0_1 on live"));
        Revision next = _rig.Revision("1.1.0");
        using (Process first = Start(next))
        {
            _rig.Stub.After = name =>
            {
                // Marks are changes of the alias as well.
                if (name == call && (call != "UpdateAlias" || _rig.Shares != "1=100"))
                {
                    _rig.Stub.After = _ => { };
                    first.Kill();
                }
            };
            (int died, string before) = await EndAsync(first);
            died.Should().Be(128 + 9, before);
        }

        _rig.Shares.Should().Be(left);
        using Process second = Start(next);
        (int code, string said) = await EndAsync(second);
        code.Should().Be(0, said);
        said.Should().Contain("What was left open: ").And.Contain("Succeeded");
        _rig.Shares.Should().Be("2=100");
        _rig.Stub.Numbers.Should().Equal([1, 2], "it was published once");
        Convert.ToHexStringLower(Convert.FromBase64String(_rig.Stub.VersionOf(2).CodeSha256!)).Should().Be(next.Release.Artifact.Sha256);
        _rig.Stub.Violations.Should().BeEmpty();
    }

    private Process Start(Revision revision)
    {
        string sample = typeof(KilledTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "LambdaCanary").Value!;
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(sample, "LambdaCanary.dll"), "shop", revision.Id.Version, revision.Release.Artifact.Package!])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _rig.Folder,
        };
        foreach ((string name, string value) in AwsTool.Environment.Add("AWS_REGION", RealMoto.Region).Add("AWS_ENDPOINT_URL", _server.Options.Endpoint!.ToString()).Add("TMPDIR", _rig.Folder))
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<(int Code, string Said)> EndAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, await output + await error);
    }
}
