using Deployment.Commands;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>The lines that a runbook prints, pasted into a shell: they do what the steps do.</summary>
public sealed class ByHandTests : MotoTest
{
    private static readonly CommandRunner _runner = new(TimeProvider.System);

    [Test]
    public async Task Lines_OfAWholeRelease_LeaveWhatTheStepsLeave()
    {
        LambdaTarget target = Function.Target(options => (options.MemoryMegabytes, options.Timeout) = (256, TimeSpan.FromSeconds(20)));
        Revision one = await Function.RevisionAsync(target, "1.0.0");
        Revision two = await Function.RevisionAsync(target, "1.1.0");
        await TypeAsync(target, target.Install(one));
        (await Function.VersionsAsync()).Should().Equal("1 shop_1.0.0_1 on live");
        await TypeAsync(target, target.Route(TrafficSplit.AllTo(one.Id)));
        (await Function.SharesAsync()).Should().Be("1=100");
        await TypeAsync(target, target.Install(two));
        await TypeAsync(target, target.Route(LambdaRig.Split(two, 10, one)));
        (await Function.SharesAsync()).Should().Be("1=90,2=10");
        System.Text.Json.JsonElement version = await Function.VersionAsync(2);
        version.GetProperty("MemorySize").GetInt32().Should().Be(256);
        version.GetProperty("Timeout").GetInt32().Should().Be(20);
        version.GetProperty("CodeSha256").GetString().Should().Be(Convert.ToBase64String(Convert.FromHexString(two.Release.Artifact.Sha256!)));
        version.GetProperty("Environment").GetProperty("Variables").EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString())
            .Should().BeEquivalentTo(new Dictionary<string, string> { ["TABLE"] = "orders", ["COLOR"] = "color of 1.1.0, 'quoted' `$HOME`" });

        // What was done by hand counts as what a run did.
        Observation seen = await target.ObserveAsync(CancellationToken.None);
        seen.Traffic.Should().Be(LambdaRig.Split(two, 10, one));
        await MotoFunction.RunAsync(target, target.Install(two));
        (await Function.VersionsAsync()).Should().HaveCount(2);

        await TypeAsync(target, target.Route(TrafficSplit.AllTo(one.Id)));
        await TypeAsync(target, target.Remove(two.Id));
        (await Function.VersionsAsync()).Should().Equal("1 shop_1.0.0_1 on live");
        (await Function.SharesAsync()).Should().Be("1=100");
    }

    [Test]
    public async Task Lines_OfUpdateAndClear_DoTheSame()
    {
        LambdaTarget target = Function.Target();
        Revision one = await Function.RevisionAsync(target, "1.0.0");
        await TypeAsync(target, target.Update(one));
        (await Function.SharesAsync()).Should().Be("1=100");
        await TypeAsync(target, target.Clear(one.Id));
        (await Function.SharesAsync()).Should().Be("none");
        (await Function.VersionsAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Lines_AfterARun_FindWhatItMade()
    {
        LambdaTarget target = Function.Target();
        Revision one = await Function.RevisionAsync(target, "1.0.0");
        Revision two = await Function.RevisionAsync(target, "1.0.0-rc.1");
        await MotoFunction.RunAsync(target, target.Update(one), epoch: 12);
        await MotoFunction.RunAsync(target, target.Install(two), epoch: 12);
        await TypeAsync(target, target.Route(TrafficSplit.AllTo(two.Id)));
        (await Function.SharesAsync()).Should().Be("2=100");
        CommandResult looked = await PasteAsync(target, [target.AddressLookup(one.Id), "echo \"found $ADDRESS\""]);
        looked.Output.Should().Contain($"function:{Function.Name}:1");
    }

    [Test]
    public async Task Lines_OfARevisionThatIsNotThere_StopAndLeaveTheAlias()
    {
        LambdaTarget target = Function.Target();
        Revision one = await Function.RevisionAsync(target, "1.0.0");
        await MotoFunction.RunAsync(target, target.Update(one));
        (await PasteAsync(target, Describe(target, target.Route(TrafficSplit.AllTo(new RevisionId("shop", "9.9.9", 1)))).Commands)).ExitCode.Should().NotBe(0);
        (await Function.SharesAsync()).Should().Be("1=100");
    }

    private static VerbDescription Describe(LambdaTarget target, Operation operation) => target.Verbs.Single(verb => verb.Name == operation.Verb).Describe(operation.Arguments);

    private async Task TypeAsync(LambdaTarget target, Operation operation)
    {
        VerbDescription described = Describe(target, operation);
        CommandResult typed = await PasteAsync(target, [.. described.Commands, .. described.VerificationCommands]);
        typed.ExitCode.Should().Be(0, "{0} {1}", typed.Output, typed.Error);
    }

    private Task<CommandResult> PasteAsync(LambdaTarget target, IReadOnlyList<string> lines) => _runner.RunAsync(
        Command.Of("bash", "--norc", "--noprofile") with
        {
            Environment = Moto.Environment.Add("AWS_PAGER", ""),
            StandardInput = new Secret(string.Join('\n', [.. target.Prerequisites.SelectMany(needed => needed.Commands), .. lines, ""])),
            Timeout = TimeSpan.FromMinutes(3),
        },
        null,
        CancellationToken.None);
}
