using System.Diagnostics;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;
using Deployment.Tests;

namespace Deployment.Providers.Local.Tests;

/// <summary>The plan as someone on call uses it who has nothing else: a shell and the printed lines.</summary>
public sealed class ByHandTests : LocalFixture
{
    [Test]
    public async Task Prerequisites_PastedWhenTheSupervisorIsGone_StartOneThatTakesTheLinesOfTheSteps()
    {
        RealComponent.Require("curl");
        await InstallAndRouteAsync(1);
        using var client = new SupervisorClient(Folder);
        SupervisorStatus before = (await client.StatusAsync(CancellationToken.None))!;
        Kill(before.ProcessId);
        await UntilAsync(async () => await client.StatusAsync(CancellationToken.None) is null, "the supervisor is gone");
        string[] install = [.. Describe(Target.Install(App(2))).Commands];
        (await ShellAsync(install)).Code.Should().NotBe(0, "nothing answers until it is started");

        (await ShellAsync(Target.Prerequisites.SelectMany(needed => needed.Commands))).Should().Match<(int Code, string Text)>(end => end.Code == 0);
        (await ShellAsync(install)).Should().Match<(int Code, string Text)>(end => end.Code == 0);

        SupervisorStatus after = (await client.StatusAsync(CancellationToken.None))!;
        after.ProcessId.Should().NotBe(before.ProcessId);
        (await ObserveAsync()).Revisions.Select(revision => revision.Id).Should().BeEquivalentTo([Id(1), Id(2)]);
        using var user = new HttpClient();
        (await user.GetStringAsync(Public())).Should().Be("v1", "what ran goes on");
    }

    [Test]
    public async Task Slots_PrintedLines_ReplaceAndEmptyThem()
    {
        RealComponent.Require("curl");
        await InstallAndRouteAsync(1);

        (await ShellAsync(Describe(Target.Replace(["1", "2"], App(2))).Commands)).Should().Match<(int Code, string Text)>(end => end.Code == 0);
        (await ObserveAsync()).Slots.ToString().Should().Be($"1={Id(2)},2={Id(2)}");
        (await ShellAsync(Describe(Target.Vacate(["2"])).Commands)).Should().Match<(int Code, string Text)>(end => end.Code == 0);

        (await ObserveAsync()).Slots.ToString().Should().Be($"1={Id(2)}");
        using var user = new HttpClient();
        (await user.GetStringAsync(Public())).Should().Be("v2");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Testers_PrintedLine_ReachesWhatHasNoUsersOnceTheyAreLetIn(bool header)
    {
        RealComponent.Require("curl");
        await InstallAndRouteAsync(1);
        LocalTarget target = Listening(options => (options.TesterHeader, options.TesterCookie) = (header ? "X-Try" : null, header ? null : "try"));
        IRouteTesters testers = target.Capability<IRouteTesters>(await ObserveAsync())!;
        await RunAsync(target.Install(App(2)), target: target);
        IReadOnlyList<string> line = testers.TesterCommands(Id(2));
        (await ShellAsync(line)).Text.Should().EndWith("v1", "the router was told of testers by nobody yet");

        await RunAsync(testers.RouteTesters(Id(2), TrafficSplit.AllTo(Id(1))), target: target);

        (await ShellAsync(line)).Text.Should().EndWith("v2");
        using var user = new HttpClient();
        (await user.GetStringAsync(Public())).Should().Be("v1", "users stay where they are");
    }

    [Test]
    public async Task Plan_WhileTheSupervisorOfAnotherBuildRuns_NamesFilesThatAreThere()
    {
        await RunAsync(Target.Install(App(1)));
        Directory.Delete(Folder.Hosts, recursive: true);

        await RunAsync(Target.Install(App(2)));

        string line = Target.Prerequisites[^1].Commands[0];
        string[] files = [.. line.Split(' ').Where(word => word.StartsWith(Folder.Hosts, StringComparison.Ordinal))];
        files.Should().HaveCount(2).And.OnlyContain(file => File.Exists(file));
    }

    internal static async Task<(int Code, string Text)> ShellAsync(IEnumerable<string> lines)
    {
        using Process shell = Process.Start(new ProcessStartInfo("sh", ["-eu", "-c", string.Join('\n', lines)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = shell.StandardOutput.ReadToEndAsync();
        string error = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return (shell.ExitCode, error + await output);
    }
}
