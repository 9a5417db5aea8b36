using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Deployment.Samples.Tests;

[Category("Local")]
public sealed partial class QuickStartTests
{
    [Test]
    public async Task Run_Shop_DeploysUnderLoadAndRollsBackByItself()
    {
        using QuickStartProcess quickStart = QuickStartProcess.Start(null);

        (await quickStart.ExitAsync()).Should().Be(0, quickStart.Output);

        JsonObject summary = QuickStartProcess.Summary;
        summary.Select(member => member.Key).Should().Equal("deployments", "requests", "rollbackMilliseconds", "serving");
        summary["deployments"]!.ToJsonString().Should().Be(
            """[{"version":"1.0.0","outcome":"Succeeded"},{"version":"1.1.0","outcome":"Succeeded"},{"version":"1.2.0","outcome":"RolledBack"}]""");
        JsonObject requests = summary["requests"]!.AsObject();
        requests.Select(member => member.Key).Should().Equal("sent", "failed", "byVersion");
        requests["failed"]!.GetValue<long>().Should().Be(0);
        JsonObject byVersion = requests["byVersion"]!.AsObject();
        byVersion.Select(member => member.Key).Should().Equal("1.0.0", "1.1.0");
        byVersion.Sum(version => version.Value!.GetValue<long>()).Should().Be(requests["sent"]!.GetValue<long>());
        summary["rollbackMilliseconds"]!.GetValue<long>().Should().BePositive();
        summary["serving"]!.GetValue<string>().Should().Be("1.1.0");
        foreach (string version in new[] { "1.0.0", "1.1.0", "1.2.0" })
        {
            foreach (string file in new[] { "deployment-plan.md", "deployment-plan.json", "execution-log.md" })
            {
                new FileInfo(Path.Combine(Repository.Artifacts, version, file)).Length.Should().BePositive();
            }
        }

        quickStart.Output.Should().NotContain("\r  load", "plain lines are written where output is redirected");
        await NothingListensAsync(quickStart.Output);
    }

    [Test]
    public async Task Run_Terminated_CleansUpAndSaysSo()
    {
        using QuickStartProcess quickStart = QuickStartProcess.Start(null);
        await quickStart.SaysAsync("Deploying 1.1.0");

        Signal.Terminate(quickStart.Id);

        (await quickStart.ExitAsync()).Should().Be(130, quickStart.Output);
        quickStart.Output.Should().Contain("Nothing is left running.");
        await NothingListensAsync(quickStart.Output);
    }

    [Test]
    public async Task Run_AfterOneThatWasKilled_EndsWhatItLeftAndWorks()
    {
        using QuickStartProcess killed = QuickStartProcess.Start(null);
        await killed.SaysAsync("Deploying 1.1.0");
        killed.Kill();
        await killed.ExitAsync();

        using QuickStartProcess next = QuickStartProcess.Start(null);

        (await next.ExitAsync()).Should().Be(0, next.Output);
        next.Output.Should().Contain("was killed before it could clean up");
        await NothingListensAsync(killed.Output);
    }

    [TestCase("--bogus", "'--bogus' is no option.")]
    [TestCase("--app", "--app needs a value.")]
    [TestCase("--health /x", "--health goes with --app")]
    [TestCase("--app no-such-server-here", "--app can't start 'no-such-server-here': no folder of PATH has an executable of that name.")]
    [TestCase("--app ./no-such-server", "--app can't start './no-such-server': /")]
    [TestCase("--app /etc/passwd", "--app can't start '/etc/passwd': /etc/passwd is not executable.")]
    public async Task Run_WrongOption_SaysSoInOneLine(string arguments, string error)
    {
        using QuickStartProcess quickStart = QuickStartProcess.Start(null, arguments.Split(' '));

        (await quickStart.ExitAsync()).Should().Be(2);
        quickStart.Output.Trim().Should().StartWith(error).And.NotContain("\n");
    }

    [TestCase("python3", "python3 -m http.server {port}", "/")]
    [TestCase("nginx", "sh samples/QuickStart/servers/nginx.sh {port}", "/")]
    [TestCase("node", "node 'samples/QuickStart/servers/hello.js' \"{port}\"", "/")]
    public async Task Run_AnyServer_SwitchesWithoutAFailedRequest(string program, string command, string health)
    {
        Deployment.Tests.RealComponent.Require(program);
        using QuickStartProcess quickStart = QuickStartProcess.Start(Repository.Root, "--app", command, "--health", health);

        (await quickStart.ExitAsync()).Should().Be(0, quickStart.Output);

        JsonNode requests = QuickStartProcess.Summary["requests"]!;
        requests["failed"]!.GetValue<long>().Should().Be(0);
        requests["byVersion"]!["1.0.0"]!.GetValue<long>().Should().BePositive();
        requests["byVersion"]!["1.1.0"]!.GetValue<long>().Should().BePositive();
        quickStart.Output.Should().Contain("Users come to http://127.0.0.1:");
    }

    private static async Task NothingListensAsync(string output)
    {
        int port = int.Parse(Address().Match(output).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        using var client = new System.Net.Sockets.TcpClient();
        await FluentActions.Awaiting(() => client.ConnectAsync("127.0.0.1", port)).Should().ThrowAsync<System.Net.Sockets.SocketException>();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:(\d+)/")]
    private static partial Regex Address();
}
