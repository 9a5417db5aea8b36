using System.Diagnostics;
using System.Globalization;
using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Store;
using Deployment.Tests;

namespace Deployment.Integration.Tests.Chaos;

/// <summary>What a person's Ctrl-C reaches.</summary>
[Category("Local")]
public sealed class ForegroundTests
{
    [Test]
    public async Task CtrlC_ToTheDeployersForegroundGroup_EndsTheDeployerAndNothingThatItStarted()
    {
        string setsid = RealComponent.Require("setsid");
        string kill = RealComponent.Require("kill");
        await using LiveWorld world = await LiveWorld.OpenAsync();
        // Nothing runs: this deployer is the one that starts supervisor, router and instances.
        await world.EndUsersAsync();
        await world.Host.StopAsync(CancellationToken.None);
        string version = world.NextVersion();
        DeployerOptions options = world.Calm with { Do = "deploy", Version = version, Approval = true };
        string assembly = Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Integration.Tests.Deployer.dll");
        // A terminal's foreground group hears SIGINT; one that a script put into the background, as CI may have done with these tests, is born deaf to it.
        using Process deployer = Process.Start(new ProcessStartInfo(setsid, ["--wait", "env", "--default-signal=INT,QUIT", "dotnet", "exec", assembly, .. options.ToArguments()]))!;
        await Wait.UntilAsync(async () => await world.RunOfAsync(version) is { } run && (await world.EntriesOfAsync(run.Id)).Any(entry => entry.Kind == JournalEntryKind.ApprovalRequested), "the deployer waits for a person");
        LocalInstance[] before = [.. await world.Host.StatusAsync(CancellationToken.None)];
        before.Should().NotBeEmpty();
        int leader = Leader(version);

        // What a terminal does on Ctrl-C: SIGINT to every process of the foreground group.
        using (Process sent = Process.Start(kill, ["-INT", "--", string.Create(CultureInfo.InvariantCulture, $"-{leader}")]))
        {
            await sent.WaitForExitAsync();
            sent.ExitCode.Should().Be(0);
        }

        await deployer.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Alive(leader).Should().BeFalse("Ctrl-C ends the deployer");
        (await world.Host.StatusAsync(CancellationToken.None)).Should().Equal(before, "the instances have sessions of their own");
        before.Should().OnlyContain(instance => Alive(instance.ProcessId!.Value));
        Leftovers.Processes(world.Files.Local).Should().Contain(process => process.Line.Contains("supervisor\0", StringComparison.Ordinal));
    }

    private static bool Alive(int process) => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}"))
        && !File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat")).Contains(") Z ", StringComparison.Ordinal);

    private static int Leader(string version) => Directory.EnumerateDirectories("/proc")
        .Where(path => Path.GetFileName(path).All(char.IsAsciiDigit))
        .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
        .Single(process => Line(process).StartsWith("dotnet\0exec\0", StringComparison.Ordinal) && Line(process).Contains($"\0version={version}\0", StringComparison.Ordinal) && Line(process).Contains("approval=true", StringComparison.Ordinal));

    private static string Line(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
