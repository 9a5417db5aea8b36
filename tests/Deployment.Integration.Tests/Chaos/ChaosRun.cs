using System.Diagnostics;
using System.Text.Json;
using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Integration.Tests.Chaos;

/// <summary>Kills processes of a world one after the other, while users ask and deployments go on, and counts what users notice.</summary>
internal sealed class ChaosRun(LiveWorld world, Random random)
{
    private const int TakersTerm = 2000;
    private const int Tries = 10;

    /// <summary>Requests that were under way when their process was killed.</summary>
    internal int BrokenOff { get; private set; }

    internal Dictionary<Victim, int> Kills { get; } = Enum.GetValues<Victim>().ToDictionary(victim => victim, _ => 0);

    internal Dictionary<DeploymentOutcome, int> Outcomes { get; } = [];

    /// <summary>Whether a request found nobody listening.</summary>
    internal static bool IsRefusal(string failure) => failure.Contains("refused", StringComparison.OrdinalIgnoreCase);

    internal async Task RoundAsync(Victim victim)
    {
        string before = world.Live;
        string? version = victim == Victim.Deployer || random.Next(2) == 0 ? world.NextVersion() : null;
        string because = $"{victim} was killed{(version is null ? "" : $" while {version} was deployed")}";
        int noticed = world.Users.Failures.Count;
        using DeployerProcess? deployer = version is null ? null : StartDeployer(before, version);
        await Task.Delay(random.Next(version is null ? 200 : 2500));
        bool serving = await KillAsync(victim, deployer);
        if (deployer is not null)
        {
            await deployer.EndAsync();
            await FinishAsync(version!, because);
        }

        await SettleAsync(because);
        CountFailures(serving, noticed, because);
        await CompareAsync(before, version, because);
    }

    private DeployerProcess StartDeployer(string before, string version)
    {
        world.Users.Allow(before, version);
        return DeployerProcess.Start(world.Calm with { Do = "deploy", Version = version, LeaseMilliseconds = TakersTerm });
    }

    // Whether it may have had requests in its hands.
    private async Task<bool> KillAsync(Victim victim, DeployerProcess? deployer)
    {
        if (victim == Victim.Renewal)
        {
            return await KillInRenewalAsync();
        }

        int? process = victim switch
        {
            Victim.Deployer => deployer is { HasExited: false } ? deployer.Id : null,
            Victim.Supervisor => StateOfProcesses().Supervisor,
            Victim.Router => StateOfProcesses().Router,
            _ => Pick((await world.Host.StatusAsync(CancellationToken.None)).Where(instance => instance.Revision.Version == world.Live)),
        };
        Kill(victim, process);
        return victim is Victim.Router or Victim.Instance;
    }

    // At whatever step it is then. Whoever asked for the renewal learns that it may have come to nothing.
    private async Task<bool> KillInRenewalAsync()
    {
        Task renewal = world.Host.RenewRouterAsync(world.Options.Port, CancellationToken.None);
        await Task.Delay(random.Next(1500));
        (int Id, string Line)[] those = [.. Leftovers.Processes(world.Files.Local).Where(found => found.Line.Contains("router\0", StringComparison.Ordinal) || found.Line.Contains("supervisor\0", StringComparison.Ordinal))];
        (int id, string line) = those[random.Next(those.Length)];
        Kill(Victim.Renewal, id);
        try
        {
            await renewal;
        }
        catch (DeploymentException)
        {
            // Its supervisor is dead, or the successor.
        }

        return line.Contains("router\0", StringComparison.Ordinal);
    }

    private void Kill(Victim victim, int? process)
    {
        if (process is { } id)
        {
            try
            {
                using Process killed = Process.GetProcessById(id);
                killed.Kill();
                Kills[victim]++;
            }
            catch (ArgumentException)
            {
                // It ended by itself just now, as an old revision's does.
            }
        }
    }

    private int? Pick(IEnumerable<LocalInstance> instances) =>
        instances.Where(instance => instance.ProcessId is not null).ToArray() is { Length: > 0 } some ? some[random.Next(some.Length)].ProcessId : null;

    private (int? Supervisor, int? Router) StateOfProcesses()
    {
        using JsonDocument state = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(world.Files.Local, "state.json")));
        int? router = state.RootElement.GetProperty("routers").EnumerateObject().Select(port => port.Value.GetProperty("process"))
            .Where(process => process.ValueKind == JsonValueKind.Object).Select(process => (int?)process.GetProperty("processId").GetInt32()).FirstOrDefault();
        return (Leftovers.Processes(world.Files.Local).Where(found => found.Line.Contains("supervisor\0", StringComparison.Ordinal)).Select(found => (int?)found.Id).FirstOrDefault(), router);
    }

    /// <summary>Has somebody drive the run to its end, and decides for it where it is held, as a person who looks would.</summary>
    private async Task FinishAsync(string version, string because)
    {
        for (int number = 1; await world.RunOfAsync(version) is { State: not RunState.Ended } run; number++)
        {
            number.Should().BeLessThan(Tries, "{0}: somebody must finish it", because);
            Task<DeployerEnd> ending = DeployerProcess.RunAsync(world.Calm with { Do = "resume", LeaseMilliseconds = TakersTerm });
            while (!ending.IsCompleted)
            {
                await Task.WhenAny(ending, Task.Delay(100));
                if (!ending.IsCompleted && await world.RunOfAsync(version) is { State: RunState.Held } held)
                {
                    await world.Store.PostSignalAsync(held.Id, world.Files.AnnouncementsOf(run.Id) > 0 ? Signal.Promote("ada") : Signal.Resume("ada"), CancellationToken.None);
                    await Task.WhenAny(ending, Task.Delay(500));
                }
            }

            (await ending).Answer!.ErrorType.Should().BeOneOf([null, nameof(LeaseLostException)], "{0}", because);
        }
    }

    /// <summary>Everything that must run does: the supervisor (which a deployer or a unit starts), the router, and every instance.</summary>
    private async Task SettleAsync(string because)
    {
        await world.Host.StartAsync(CancellationToken.None);
        await Wait.UntilAsync(
            async () =>
            {
                long answers = world.Users.Answers;
                int failures = world.Users.Failures.Count;
                IReadOnlyList<LocalInstance> instances = await world.Host.StatusAsync(CancellationToken.None);
                bool all = instances.Count >= world.Options.Instances;
                foreach (LocalInstance instance in instances)
                {
                    all = all && instance.ProcessId is not null && await Leftovers.ListensAsync(instance.Port!.Value);
                }

                // And users have been answered since, all of them.
                await Task.Delay(100);
                return all && world.Users.Answers > answers + RequestLoop.Users && world.Users.Failures.Count == failures;
            },
            because + ": all is well again");
    }

    private void CountFailures(bool serving, int noticed, string because)
    {
        string[] failures = [.. world.Users.Failures.Skip(noticed)];
        failures.Should().NotContain(failure => IsRefusal(failure), "{0}: somebody always has the listening socket", because);
        // Whoever is killed takes along what he had in his hands, and nothing else.
        failures.Length.Should().BeLessThanOrEqualTo(serving ? RequestLoop.Users : 0, "{0}: {1}", because, string.Join(" | ", failures));
        BrokenOff += failures.Length;
    }

    /// <summary>What stands and takes traffic is what the journal says.</summary>
    private async Task CompareAsync(string before, string? version, string because)
    {
        string live = before;
        if (version is not null && await world.RunOfAsync(version) is { } run)
        {
            run.Outcome.Should().NotBeNull(because);
            run.Outcome!.Value.Should().BeOneOf([DeploymentOutcome.Succeeded, DeploymentOutcome.RolledBack, DeploymentOutcome.Rejected], "{0}: {1}", because, run.Reason);
            Outcomes[run.Outcome.Value] = Outcomes.GetValueOrDefault(run.Outcome.Value) + 1;
            live = run.Outcome == DeploymentOutcome.Succeeded ? version : before;
        }

        Observation seen = await world.ObserveAsync();
        seen.Live()!.Version.Should().Be(live, because);
        seen.Traffic.ShareOf(seen.Live()!).Should().Be(100, because);
        world.Settle(live);
        foreach (DeploymentResult result in await world.Pipeline.CompleteAsync())
        {
            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, "{0}: {1}", because, result.Reason);
        }

        (await world.ObserveAsync()).Revisions.Should().ContainSingle(because).Which.Id.Version.Should().Be(live, because);
        (await world.Store.ListClaimsAsync(CancellationToken.None)).Should().BeEmpty(because);
    }
}
