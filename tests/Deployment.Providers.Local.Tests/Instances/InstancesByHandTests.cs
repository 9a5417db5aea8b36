using Deployment.Commands;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Releases;
using Deployment.Targets;
using Deployment.Tests;

namespace Deployment.Providers.Local.Tests.Instances;

public sealed class InstancesByHandTests : InstancesFixture
{
    [Test]
    public async Task Lines_PastedIntoAShell_DoWhatTheStepsDo()
    {
        RealComponent.Require("curl");
        await ServeAsync(1);

        await PasteAsync(DescriptionOf(Shop.Install(App(2))).Commands);
        (await AskAsync((await PortsAsync(2))[1])).Should().Be("v2");
        (await PasteAsync(DescriptionOf(Route(TrafficSplit.AllTo(Id(2)))).Commands))
            .Should().Be(string.Concat((await PortsAsync(2)).Select(port => $"127.0.0.1:{port}\n")), "a router's lines are given where it listens");
        (await PasteAsync([Shop.AddressLookup(Id(2)), "curl -sS --fail \"$ADDRESS\""])).Should().Be("v2");

        Router.State = Router.State with { Table = new([await RoutedAsync(2, 100)]) };
        await PasteAsync(DescriptionOf(Shop.Remove(Id(1))).Commands);
        (await StatusAsync()).Should().OnlyContain(instance => instance.Revision == Id(2));

        await PasteAsync(DescriptionOf(Shop.Update(App(3))).Commands);
        (await StatusAsync()).Should().HaveCount(2).And.OnlyContain(instance => instance.Revision == Id(3));
        await PasteAsync(DescriptionOf(Shop.Clear(Id(3))).Commands);
        (await StatusAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Addresses_NothingRuns_FailsAndSaysSo()
    {
        RealComponent.Require("curl");
        await ServeAsync(1);

        CommandResult result = await ShellAsync(DescriptionOf(Route(TrafficSplit.AllTo(Id(2)))).Commands);

        result.ExitCode.Should().NotBe(0);
        result.Output.Should().Contain($"No instance of {Id(2)} runs on shop.");
    }

    [Test]
    public void Describe_IsPureAndSaysWhatARouterNeeds()
    {
        VerbDescription update = DescriptionOf(Shop.Update(App(2)));

        update.Commands[0].Should().StartWith("EPOCH=");
        update.Commands[1].Should().Contain("\"fixedPort\":true");
        update.Commands[2].Should().Contain("/addresses");
        update.Commands[3].Should().Contain("except=");
        DescriptionOf(Shop.Remove(Id(1))).Notes.Should().ContainSingle().Which.Should().Contain("the proxy sends it nothing");
        Shop.Prerequisites.Should().HaveCount(3).And.Subject.Last().Text.Should().Be("The router must run.");
        Directory.EnumerateFileSystemEntries(Folder.Path).Should().BeEmpty();
    }

    private static async Task<string> PasteAsync(IReadOnlyList<string> lines)
    {
        CommandResult result = await ShellAsync(lines);
        result.ExitCode.Should().Be(0, "{0}\n{1}{2}", string.Join('\n', lines), result.Output, result.Error);
        return result.Output.ToString();
    }

    private static Task<CommandResult> ShellAsync(IReadOnlyList<string> lines) =>
        new CommandRunner(TimeProvider.System).RunAsync(Command.Of("sh", "-eu", "-c", string.Join('\n', lines)), null, CancellationToken.None);
}
